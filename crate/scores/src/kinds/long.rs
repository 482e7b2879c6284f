//! A long question, or several at once.

use super::text::Text;

/// More words than this are a long question: those of quizzes have at most 57.
const LONG: usize = 60;

/// A question, and another with a question word of its own. `Who won, and when` asks for two facts, `when and where was
/// he born` for one.
const JOINED: &str = "
    ^ who/whom/whose/what/which/when/where/why/how _ _ ~ ~ ~ and/or/& who/whom/whose/what/which/when/where/why/how
    ^ is/are/was/were/do/does/did/can/has/have _ _ ~ ~ ~ and/or/& who/what/when/where/why/how
";

/// Whether a text is long; blanks are not all that keeps words apart.
pub fn is(text: &Text) -> bool {
    text.length > LONG || text.words.len() > 2 * LONG
}

/// Whether a text asks several questions.
pub fn is_several(text: &Text) -> bool {
    text.questions > 1 || text.says(JOINED) && !text.says("and/or what/who else") || repeats(text)
}

/// Whether a later clause begins as the text does: `capital of France, capital of Spain`.
fn repeats(text: &Text) -> bool {
    let words = &text.words;
    text.clauses.iter().any(|&begin| begin > 2 && begin + 2 < words.len() && words[begin..begin + 2] == words[..2])
}
