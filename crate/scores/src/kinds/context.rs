//! What cannot be understood without a text, a picture or an earlier turn.

use super::pattern::has;
use super::text::Text;

/// `*` is a text or a part of one.
const CONTEXT: &str = "
    this/that/these/those/above/following/previous/preceding/attached/given/underlined *
    this/that person/man/woman/character/word/phrase/country/city/place/movie/film/book/song/line/problem/method/\
        event/war/theory/term/topic/company/team/game/idea/number/case/situation
    the passage/excerpt/narrator/paragraph/attachment/above/former/latter/screenshot/stanza
    the ~ * say/says/mean/means/imply/implies/suggest/suggests/show/shows/mention/describe/describes/state/states/\
        argue/think/believe/feel/want/trying/use/include/conclude/end/compare/refer/claim/about
    according/based/referring/refer/respond/reply to/on the/this/that/these/what *
    in/of/from/by/with the first/second/third/last/next/previous/above/given/attached/whole/entire? * $
    ^ in/from the _? * who/what/which/when/where/why/how
    main/central/key idea/point/theme/argument/message/character of the/this *
    the/this/that first/second/third/last/other/next/previous/left/right/red/blue/big one/option/part/half/\
        paragraph/point/question/example/step/reason/choice please? $
    is/are/was/were that/this the same
    < which of the/these/those/them
    < the one/ones before/after/with/that/you
    ^ list/show/describe/name/compare/order/sort/explain/add/remove them/these/those/it
    it so/too/very _ $
    of it/them $
    reasons/examples/options/answers/names given/mentioned/listed $
    try again
    main character/idea/point/theme/argument/message/topic $
    < which answer/option/sentence/statement/choice/word/paragraph/image/picture/passage is/are/was/best/fits
    how many/much are/is/were left/remaining/there $
    the first/second/third/fourth/last * _? _? $
    < does/did/is/was/can/could/will/would/are/do that/this _
    any others/more/other $
    on the left/right/top/bottom
    do the same
    option/choice/figure/table/appendix a/b/c/d/#
    < which/what one/ones
    < which/what ~ of these/those/them
    < that/this/these/those $
    < what/how about
    < and/or/but ~ _ $
    < so/then/also/now why/how/what
    < so _ ~ ~ then $
    < _ _? _? _? instead/again/though/tho/too $
    < the? same but/for/thing/with/as/question/one
    use/do/try/keep/change/fix/delete/remove/ignore/repeat that/it/this/them
    sentence/question/paragraph/line/page/slide/section/figure/step/example/problem #
    the underlined/highlighted/bold/attached/quoted/circled/marked/missing
    < not/no that/this/the
    < i meant
    < actually/wait
    < are you sure
    < in more detail
    < shorter/longer/simpler/louder/slower/faster/more/less _? _? $
    make/made/making it
    < why/how/what/who/when/where/really/so/more/else/again/continue/next/because/both/neither/either/which/repeat/\
        elaborate/clarify/explain so/not/exactly/else/that/it/again/then/come/more/further/please? $
    < go on
    < say/do/try/explain ~ that/it/again
    < keep/continue going/with/on
    what happened/happens/comes/came/else next/after/then/before/later/to it/that/this/him/her/them/then? $
    you said/mentioned/told/wrote/meant/mean/just
    did you mean
    < who/what _ it/this/that/them/him/her/these/those $
    what happened ~ after/before/to/with that/this/it $
    < _ that/it/this $
    your last/previous/first/earlier/second/answer/point/explanation/response
    like/as/see before/above/earlier/previously
    aforementioned/abovementioned
    mentioned/discussed/described/shown/stated/listed/explained/given above/earlier/before/below/previously
    of the # above/options/choices/characters/authors/texts
    between the two/# characters/people/texts/passages/paragraphs/options/graphs/men/women
    in/to line/question/paragraph/figure/exercise/problem #/one
    the same question/one for/as/but/about
    the same thing for/but/about
    < the same
    < tell? more about? it/that/this/them/him/her? $
    more about/on it/that/this/them/him/her
    ^ passage/context/text/article/document/paragraph/excerpt the/a/in/on
    another/one more/example one/please? $
    does/do/is/can/did it also/still/even
";

const TEXTS: &str = " \
    text texts passage passages article articles paragraph paragraphs story poem sentence sentences document \
    image picture photo email essay chart table graph diagram conversation excerpt chapter message report quote \
    snippet figure file scene answer answers response option options example examples statement statements list \
    letter screenshot map review data speech section page verse stanza line minutes notes agenda schedule recipe \
    instructions manual contract transcript lecture slide slides meeting post thread comment log spreadsheet \
    receipt invoice menu label ad video author writer speaker narrator characters dialogue background information \
    question questions ";

/// Words that name nothing: what stands after these alone has not been named either.
const LIGHT: &str = " \
    who whom whose what which when where why how is are was were be been do does did has have had can could would \
    should will and or but so then of in on at to for from with about by if not also ever really still exactly \
    color colour year day kind type size date place school job many much old long far big tall often one name \
    more said say told the a i you we know think please there here just even only same like other all any it he \
    she they him her them his their its happened happens happen this that these those us me ";

/// What may follow: verbs that a person or a thing alone can have.
const TAIL: &str = " \
    go do say mean live leave come want get win lose die use make meet find think need know fight happen matter \
    start end work cost built made released invented located important called take help stand taste look alive \
    dead true right correct real normal now next again today later survive survived born there here then that \
    this it so different same happened written rich famous married stay escape arrive grow move fall break marry \
    talk eat sleep return leave begin finish bigger better worse enough possible ";

/// Whether a text leans on something that is not there.
pub fn is(text: &Text) -> bool {
    let whole = text.openings.first().map_or(&[][..], |&begin| &text.words[begin..]);
    let (is_told, is_short) = (text.says(TOLD), text.length < SHORT);
    !is_told && text.says_with(TEXTS, CONTEXT)
        || !is_told && is_short && (points(&text.words) || is_definite(&text.words))
        || (is_short || !is_told) && leans(whole)
}

/// Words of a text that tells nothing before it asks.
const SHORT: usize = 15;

/// Whether `this` points at something: a time is there for everybody.
fn points(words: &[String]) -> bool {
    const TIMES: &str = " \
        year years month week day century morning season decade summer winter spring autumn fall time weekend is \
        was are were will would can does did and or of in to for with on at by called known a an the ";
    let shown = |pair: &[String]| has(" this these ", &pair[0]) && !has(TIMES, &pair[1]);
    words.windows(2).any(shown)
}

/// Whether a text is spoken of that nobody named: `the author`, but not `the author of Emma`.
fn is_definite(words: &[String]) -> bool {
    const NAMED: &str = " of in on who that about by for from to where with called named was is ";
    const SHOWN: &str = " \
        text passage article paragraph story poem author character characters narrator speaker writer document \
        image picture photo graph chart diagram email letter sentence conversation quote report answer question \
        excerpt ";
    let named = |word: Option<&String>| word.is_some_and(|word| has(NAMED, word));
    let first = |word: &str| has(" is was ", word);
    (1..words.len()).any(|at| {
        let after = words.get(at + 1);
        words[at - 1] == "the"
            && has(SHOWN, &words[at])
            && (!named(after) || after.is_some_and(|word| first(word)) && at < 3)
    })
}

/// Quizzes tell of somebody first, and then ask who that is.
const TOLD: &str = "
    ^ who/what is/am/was i/she/he/it $
    what/whom/which $
    ^ name ~ ~ ~ ~
    name of
";

/// With these, `it` stands for nothing.
const EMPTY: &str = " to that or for if a an the called true legal illegal possible safe allowed ";

/// Whether a pronoun stands where nothing was named before it.
fn leans(words: &[String]) -> bool {
    let light = |word: &String| has(LIGHT, word);
    let begins = words.iter().take_while(|word| light(word)).count();
    (0..begins).any(|at| {
        let after = &words[at + 1..];
        let alone = after.iter().all(|word| light(word) || has(TAIL, word));
        match words[at].as_str() {
            "he" | "she" | "him" | "her" | "his" => true,
            "them" | "these" | "those" => after.len() < 3,
            "their" | "its" => after.len() < 3,
            "they" | "it" if after.len() < 2 => true,
            // `Is it still open`, but not `is it legal to`.
            "it" if at == 1 => !after.iter().any(|word| has(EMPTY, word)),
            "they" | "it" | "this" | "that" => after.len() < 5 && alone,
            _ => false,
        }
    })
}
