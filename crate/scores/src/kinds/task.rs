//! Work on a text, a list, a plan, an explanation: the answer is long, and no single fact.

use super::pattern::{has, is_number};
use super::text::Text;

const TASK: &str = "
    ^ summarize/summarise/rewrite/rephrase/paraphrase/proofread/edit/improve/shorten/simplify/explain/compare/\
        contrast/classify/categorize/categorise/extract/outline/analyze/analyse/evaluate/discuss/organize/organise/\
        review/critique/reformat/reword/polish/annotate/highlight/elaborate/assess/examine/illustrate/demonstrate/\
        justify/interpret/develop/condense/provide/prioritize/schedule/argue/debate/research/investigate/walk/show/\
        remove/capitalize/punctuate/tidy/brief
    ^ fix/correct/change/replace/turn/sort/rank/order/count/format/convert/group/label/tag/mark/match/translate/\
        arrange/check/split/break/clean/transform/reverse/alphabetize/find/identify/read/rate/put/add/take/complete/\
        fill/number/pick/choose this/these/the/my/following/all/each/every/down/up/grammar/spelling/from/into/\
        errors/mistakes
    ^ create/make/generate/build/plan/design/produce/organize/prepare a/an/my/me/our/the/some/#/this
    ^ teach me/us
    ^ set up
    ^ give/show/get/find/send/offer me/us
    ^ give a/an/#/some/examples
    ^ list #/some/ten/me/a/out/all/ways/pros/reasons/ideas/things/different/possible/common/key/main/down/as/your/\
        advantages/benefits/steps/at/several/tips/any/good/healthy/a
    ^ describe how/what/why/your/my/this/me/the
    ^ define ~ ~ and/with/using
    ^ name # ways/reasons/things/ideas/benefits/tips/examples/advantages
    ^ suggest/propose
    ^ state ~ ~ reasons/arguments
    ^ decide/determine/indicate/select/choose/include/enter/return/use/curate/predict/assign/detect/infer/figure/\
        think the/a/an/which/whether/if/what/how/of/out/some/one/your/#/my/this/important
    ^ given a/the/an/these/this/two
    < tell/talk me/us? about _
    < #/some/ten/five _? _? questions/ideas/facts/ways/tips/reasons/examples/headlines/things/sentences/words/\
        synonyms/titles/jokes/steps/puns/exercises/recipes/activities
    what are ~ differences between
    notes on/for/about
    chapter #
    < make/say/add/put/pick/choose/draw/introduce/render/let/try/keep/convince/persuade/roast/ask/send/call/buy/\
        spell/turn/use/build
    causes and consequences/effects/results
    in what ways
    in detail
    < tl dr
    ^ calculate/estimate/draw/sketch/plot
    < how do/does _
    < how is/are ~ ~ made/formed/produced/created/measured/built/generated $
    how did/can ~ ~ ~ work/happen $
    how ~ ~ ~ works $
    pros and cons
    everything/all you? know? about
    advantages/disadvantages/drawbacks of/and
    arguments for/against
    < history/timeline/causes/effects/benefits/uses/overview/facts of/about
    < difference/differences between
    < reasons/points for/against/to/why
    compare and
    explain how/why/what/to/the/in/like/it/me/this
    in simple terms
    step by step
    steps to/for
    like i am five/#
    summary/outline/overview/analysis/explanation/review/draft/template/rewrite/itinerary/agenda/checklist/\
        comparison of/for
    < a? list of/for
    and/then/also/please/briefly explain/describe/summarize/elaborate/compare
    # day/week/minute/page/paragraph/word meal/workout/trip/itinerary/plan/essay/summary/speech/report/study/lesson
    meal/lesson/workout/study/business/training/marketing/diet/travel/budget/project plan
    cover/thank/resignation/recommendation letter/note/email
    to do list
    email/essay/letter/report/paragraph/article/blog/message/text/tweet/caption to/about/for/on/asking
    itinerary
    in your own words
    in # words/sentences/bullet/bullets/points/steps
    bullet points
    is ~ ~ ~ positive/spam/formal or negative/neutral/not/informal/ham
    positive or negative
    sentiment
    grammatical/grammar/spelling/typos errors/mistakes/check/correct
    make ~ ~ ~ sound/more/shorter/longer/formal/polite/concise/professional
    into/as a/an table/json/csv/list/bullet/email/tweet/paragraph
    in/into alphabetical/chronological order
    put in order
";

/// A fact that is asked for by an order: quizzes do that.
const FACT: &str = "
    < name/state/identify the/either/any/one/both/name
    < name two/three
    about yourself/you $
    < how do i/we/you/one/someone/people
    < complete this/the/a ~ quotation/quote/title/phrase/saying/proverb/line/lyric
    < fill in the blank
    < complete the title/quotation/proverb/saying/lyric
    < find the capital/name/author/year
    complete the title
";

/// Whether a text is an order to do some work.
pub fn is(text: &Text) -> bool {
    (text.says(TASK) || is_order(text.asked())) && !text.says(FACT)
}

/// Whether a text begins as orders do: `Curate a playlist`, `Pack my bag`. No table has all verbs.
fn is_order(words: &[String]) -> bool {
    const NO_VERB: &str = " \
        who whom whose what which when where why how is are was were be do does did can could has have had will \
        would may might must should shall a an the this that these those some any all every each no not only in \
        on at of for from by with into onto between during after before under over above below among since until \
        till like as if than through about around against along across behind beyond inside near off out outside \
        per via within without up down to toward and or but so name define give state identify complete list find \
        most least first last there here it he she they we i you ";
    const OBJECT: &str = " me my a an this these some your our him them ";
    let [verb, object, ..] = words else { return false };
    let asks = words.iter().any(|word| has(" what which who whom whose ", word));
    !asks && !has(NO_VERB, verb) && !is_number(verb) && verb.is_ascii() && has(OBJECT, object)
}
