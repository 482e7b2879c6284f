//! Programs: code itself, or words that only programmers use together.

use super::pattern::has;
use super::text::Text;

/// What no prose has.
const MARKS: [&str; 24] = [
    "```", "();", "){", ") {", "=>", "==", "!=", "&&", "||", "</", "/>", "::", "->", "def ", "#include", "print(",
    "console.", "import ", "<div", "SELECT ", "$(", "`", "O(n", "O(1",
];

const CODE: &str = "
    ^ write/create/make/build/implement/code/generate/give/show/develop/need/fix/debug/refactor/optimize/\
        optimise ~ ~ function/script/program/code/class/query/loop/method/endpoint/component/app/macro/formula/\
        algorithm/test/tests/decorator/struct/bot/webpage/website/cli/python/java/rust/snippet/golang/ruby/kotlin/\
        swift/hook/parser/scraper/schema
    regexp/regular for/to/that/matching/expression
    how ~ ~ pip/array/linked/pointer/commit/branch/repo/div
    my/this/the code/function/script/program/query/loop/component/snippet
    stack/syntax/null/type/compile/runtime/index/import/module/cors/indentation/key overflow/trace/error/pointer/\
        fault/exception/out
    nullpointerexception/typeerror/valueerror/keyerror/syntaxerror/indexerror/attributeerror/importerror/\
        modulenotfounderror/nameerror/undefined/stacktrace
    sort/reverse/parse/iterate/loop/merge/append ~ ~ array/list/string/dictionary/dict/hashmap/csv/linked
    unit test/tests for
    already in use
    command to list/run/show/delete/find/create/copy/install/stop/kill/check/move
    pip/cargo/apt/brew install
    time/space/big complexity/o of
    difference between ~ ~ in python/java/rust/go/react
    what does ~ ~ do/mean/return in python/java/rust/go/react
    binary search/tree in/implementation/algorithm
    ^ implement
    ^ select ~ ~ ~ from _ where/order/group/limit/join/having
    ^ select ~ ~ from _ $
    ^ insert into
    ^ update _ set
    ^ delete from
    ^ create/drop/alter table/database/index/view
    fizzbuzz
    leetcode
";

/// History and names of languages are facts.
const FACT: &str = "
    < who ~ ~ invented/created/made/developed/designed/wrote/founded/is
    < when/where was/were/did/is
    < what/which year/company/language/country
    stand/stands for
";

/// Languages, tools and their parts.
const TOOLS: &str = " \
    python golang pip linux ubuntu excel vba xml react vue angular django flask node pandas rust java kotlin ruby \
    perl matlab latex vim emacs terminal shell bootstrap jquery redis arduino android unix c haskell scala lua \
    chrome ssh cron swift r ";
/// Those that mean nothing else.
const ONLY: &str = " \
    javascript typescript css sql regex npm github docker kubernetes numpy pytorch tensorflow c++ c# php mysql \
    postgres mongodb nginx makefile sqlite nodejs webpack powershell git bash json yaml html localhost pseudocode \
    dockerfile api apis tuple dataframe dataframes vlookup pygame recursion compiler backend frontend grep sudo \
    chmod mkdir awk curl wget segmentation segfault ";
const PARTS: &str = " \
    function method array string strings int integer variable variables loop pointer recursion recursive struct \
    class object inheritance async await promise thread mutex binary search tree linked list lists hashmap \
    dictionary dict boolean null undefined exception error errors traceback debug compile compiler syntax script \
    code coding algorithm query database join index server port endpoint repo repository branch commit merge \
    clone push fork dataframe column columns row rows tag tags attribute div element selector flexbox grid \
    command commands file files folder directory hidden keyword static const parse parsing sort sorting reverse \
    implement import install module package library framework formula cell cells macro shortcut hook component \
    callback closure interface enum tuple decorator generator iterator stack queue heap buffer overflow argument \
    arguments parameter return print delete update insert table permission permissions chmod environment virtual \
    button background padding margin center align bold font link image form input checkbox dropdown program example snippet bug lifetime ";

/// Whether a text asks for a program or shows one.
pub fn is(text: &Text) -> bool {
    let marks = MARKS.iter().filter(|mark| text.raw.contains(**mark)).count();
    let words = || text.words.iter().chain(&text.quoted);
    let count = |list: &str| words().filter(|word| has(list, word)).count();
    let named = || {
        count(TOOLS) > 0 && count(PARTS) > 0
            || count(TOOLS) > 2
            || count(PARTS) > 1 && text.says("difference between")
            || count(ONLY) > 0
    };
    let spoken = || text.says(CODE) || text.says_with(TOOLS, "in/using/with * $") || named();
    let shown = || marks > 0 && text.raw.contains(['(', '{', ';', '=', '&', '|']) || has_shape(text.raw);
    marks > 1 || text.raw.contains("```") || !text.says(FACT) && (spoken() || shown())
}

/// Whether a text looks like a line of code, of markup or of a shell: by its ends, by `names_like_this`, flags, pipes and
/// calls.
fn has_shape(raw: &str) -> bool {
    let bytes = raw.trim().as_bytes();
    let [first, .., last] = bytes else { return false };
    let sign = |three: &[u8]| match three {
        [before, b'_', after] => before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric(),
        [b' ' | b'-', b'-', letter] => letter.is_ascii_lowercase(),
        _ => three == b" | ",
    };
    // `print(x + 1)`, but not `word(s)` and `a(n)`.
    let call = |four: &[u8]| four[0].is_ascii_lowercase() && four[1] == b'(' && four[3] != b')';
    b"<{[".contains(first) || b";{}".contains(last) || bytes.windows(3).any(sign) || bytes.windows(4).any(call)
}
