//! Words that the templates know. Lists that are too short leave out a claim that could have been rewritten; lists that are
//! too long make a sentence that is wrong.

/// Before a noun.
pub const DETERMINERS: [&str; 10] = ["a", "an", "her", "his", "its", "our", "the", "their", "these", "this"];
/// Alone in front of a verb.
pub const PRONOUNS: [&str; 5] = ["he", "it", "she", "they", "this"];
/// Function words that may stand behind the verb: none that begins a clause of its own, negates, or is a verb.
#[rustfmt::skip]
pub const PLAIN: [&str; 43] = [
    "a", "about", "across", "after", "against", "along", "among", "an", "and", "around", "as", "at", "before", "behind",
    "between", "by", "during", "for", "from", "her", "him", "himself", "herself", "his", "in", "inside", "into", "it", "its",
    "itself", "near", "of", "on", "over", "the", "their", "them", "through", "to", "under", "upon", "via", "with",
];
/// Adverbs that stand beside a verb and change nothing of what it says.
#[rustfmt::skip]
pub const ADVERBS: [&str; 13] = [
    "currently", "eventually", "finally", "first", "formally", "initially", "later", "officially", "originally", "publicly",
    "typically", "usually", "also",
];
/// Past forms that are no participles, or that take no object: a clause has one of them, and no shorter phrase does.
#[rustfmt::skip]
pub const FREE: [&str; 29] = [
    "appeared", "arrived", "became", "began", "broke", "came", "chose", "died", "drew", "emerged", "ended", "fell", "flew",
    "gave", "graduated", "grew", "happened", "moved", "occurred", "resigned", "retired", "rose", "spoke", "started", "stepped",
    "took", "went", "withdrew", "wrote",
];
/// Past forms that are participles as well ("a novel published in 1900"): of a clause only where an object follows.
#[rustfmt::skip]
pub const WITH_OBJECT: [&str; 40] = [
    "adopted", "bought", "built", "captured", "completed", "composed", "conquered", "created", "defeated", "designed",
    "developed", "directed", "discovered", "earned", "established", "finished", "formed", "founded", "held", "introduced",
    "invented", "joined", "launched", "led", "left", "lost", "made", "married", "met", "opened", "painted", "produced",
    "published", "received", "released", "signed", "sold", "taught", "visited", "won",
];
/// Other participles behind "was" that do not end in "ed".
#[rustfmt::skip]
pub const PARTICIPLES: [&str; 24] = [
    "begun", "born", "bought", "broken", "brought", "built", "chosen", "cut", "drawn", "found", "given", "held", "led", "made",
    "put", "sent", "set", "shot", "shown", "sold", "sung", "taken", "won", "written",
];
/// Finite forms of verbs that help others.
#[rustfmt::skip]
pub const AUXILIARIES: [&str; 18] = [
    "am", "are", "can", "could", "did", "do", "does", "had", "has", "have", "is", "may", "might", "should", "was", "were",
    "will", "would",
];
/// Words for what somebody thinks. "It was believed to have ended in 1900" says nothing about when it was believed.
#[rustfmt::skip]
pub const THINKING: [&str; 14] = [
    "assumed", "believed", "claimed", "considered", "dated", "estimated", "expected", "known", "planned", "reported", "rumored",
    "said", "scheduled", "thought",
];
/// Nouns in "ing", where other such words are verbs.
#[rustfmt::skip]
pub const NOUNS_IN_ING: [&str; 14] = [
    "building", "king", "meeting", "morning", "evening", "painting", "ring", "spring", "string", "thing", "wedding", "wing",
    "beijing", "opening",
];
/// Months.
#[rustfmt::skip]
pub const MONTHS: [&str; 12] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
];
/// Numbers in words that a count can be.
#[rustfmt::skip]
pub const COUNTS: [&str; 27] = [
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy",
    "eighty", "ninety", "zero",
];
/// Words behind a number that multiply it.
pub const SCALES: [&str; 5] = ["billion", "hundred", "million", "thousand", "trillion"];
