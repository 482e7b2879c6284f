//! The readers of texts: faults of an answer, kinds of questions, sentences, claims and words.

use super::{Target, files};
use semgrad::spans::{claims, sentences, words};
use semgrad_scores::abstain::refusal;
use semgrad_scores::check::check;
use semgrad_scores::given::surface;
use semgrad_scores::kinds::kind_of;
use semgrad_scores::lexical;

/// See [`Target`].
pub const TARGET: Target = Target { name: "check", run, seeds, words: WORDS, anyway: super::LITTLE, inputs: 4_000 };

const WORDS: &[&str] = &[
    "\n== answer\n",
    "\n== context\n",
    "0",
    "9",
    "99999999999999999999",
    "1e999",
    "0.",
    ".5",
    "1,000",
    "1.000,5",
    "-",
    "\u{2212}",
    "+",
    "*",
    "\u{d7}",
    "/",
    "\u{f7}",
    "^",
    "**",
    "=",
    "(",
    ")",
    "((((((((",
    "%",
    "\u{221a}",
    "\u{b2}",
    "\\frac{1}{0}",
    "\\times",
    "$",
    "2^",
    "2^99999",
    "!",
    "mod",
    "km",
    "mph",
    "\u{b0}F",
    "\u{b0}C",
    "kg",
    "lb",
    "January",
    "Feb 29, 1900",
    "Monday",
    "2024-02-30",
    "days after",
    "weeks before",
    "years",
    "half",
    "a dozen",
    "percent of",
    "times",
    "divided by",
    "minus",
    "seventeen",
    "thousand",
    "million",
    "the first",
    "three reasons:",
    "1. ",
    "2. ",
    "- ",
    "\"",
    "\u{201c}",
    "\u{201d}",
    "'",
    "letters in",
    "words",
    "**",
    "`",
    "\n",
    " ",
    "\u{301}",
    "\u{1f642}",
    "\u{202e}",
    "\u{130}",
    "\u{df}",
    "\u{fb01}",
    ". ",
    "? ",
    "Mr. ",
    "e.g. ",
];

fn run(data: &[u8]) -> bool {
    let mut parts = files::split(data, "question").into_iter();
    let mut next = || parts.next().map(|(_, text)| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default();
    let (question, answer, context) = (next(), next(), next());
    // Of a text alone, it is the answer that is looked at.
    let answer = if answer.is_empty() { &question } else { &answer };
    for fault in check(&question, answer, &context) {
        // Places are in UTF-16, within the answer.
        assert!(fault.at[0] <= fault.at[1] && fault.at[1] <= answer.encode_utf16().count(), "{fault:?}");
    }
    let _ = (kind_of(&question), refusal::refuses(answer), surface::features(answer));
    let _ = lexical::contained(std::slice::from_ref(&context), answer);
    for places in [claims::claims(answer), sentences::sentences(answer), words::words(answer)] {
        // Every place can be cut out.
        places.into_iter().for_each(|place| drop(answer[place].to_owned()));
    }
    true
}

fn seeds() -> Vec<Vec<u8>> {
    let lines = String::from_utf8(files::read("checks/planted.jsonl")).unwrap();
    let seed = |line: &str| {
        let fields: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| fields[name].as_str().unwrap_or_default().as_bytes().to_vec();
        files::join(&[("question", field("question")), ("answer", field("answer")), ("context", field("context"))])
    };
    // One of each few, so that every kind of fault is there.
    lines.lines().step_by(5).map(seed).collect()
}
