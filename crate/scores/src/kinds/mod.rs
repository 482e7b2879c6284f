//! What kind of question a text is, by a rule: a confidence was made for short English questions of fact, and says
//! nothing about a poem.
//!
//! [`kind_of`] looks at the words alone, with tables of phrases that give a kind away (`pattern`): one file a kind.
//! What no table knows is a question of fact, if it asks at all: people type those into a search box in any form. The
//! rule knows nothing of the world: whether a question of fact has an answer, or a true premise, is for the scores to
//! say. [`tally`] measures the rule on labeled texts.

mod advice;
mod arithmetic;
mod code;
mod context;
mod creative;
mod fact;
mod frame;
mod language;
mod long;
mod opinion;
mod other;
mod pattern;
mod small_talk;
pub mod tally;
mod task;
#[cfg(test)]
mod tests;
mod text;
mod translation;
mod unknowable;

use serde::{Deserialize, Serialize};
use text::Text;

/// What a question asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A fact: a short English question that stands alone.
    Fact,
    /// A judgment of taste or of right and wrong.
    Opinion,
    /// Something made up.
    Creative,
    /// What to do, or how.
    Advice,
    /// Work on a text, a list, a plan, an explanation.
    Task,
    /// A calculation.
    Arithmetic,
    /// A program, or help with one.
    Code,
    /// The same in another language.
    Translation,
    /// Anything that is not in English.
    Language,
    /// What cannot be understood without a text or an earlier turn.
    Context,
    /// A long question, or several at once.
    Long,
    /// A greeting, thanks, or something about the two who talk.
    SmallTalk,
    /// What a model cannot know: the future, this moment, whoever asks.
    Unknowable,
    /// What reads like none of these: a link, a name alone, a statement.
    Other,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Fact,
        Self::Opinion,
        Self::Creative,
        Self::Advice,
        Self::Task,
        Self::Arithmetic,
        Self::Code,
        Self::Translation,
        Self::Language,
        Self::Context,
        Self::Long,
        Self::SmallTalk,
        Self::Unknowable,
        Self::Other,
    ];

    /// As it is written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Opinion => "opinion",
            Self::Creative => "creative",
            Self::Advice => "advice",
            Self::Task => "task",
            Self::Arithmetic => "arithmetic",
            Self::Code => "code",
            Self::Translation => "translation",
            Self::Language => "language",
            Self::Context => "context",
            Self::Long => "long",
            Self::SmallTalk => "small_talk",
            Self::Unknowable => "unknowable",
            Self::Other => "other",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One kind, and whether a text is of it.
type Rule = (Kind, fn(&Text) -> bool);

/// The first that holds decides: a poem in French is asked for in English, and a list of opinions is a task.
const RULES: [Rule; 16] = [
    (Kind::Other, other::is),
    (Kind::Language, language::is),
    (Kind::Long, long::is),
    (Kind::Code, code::is),
    (Kind::Arithmetic, arithmetic::is),
    (Kind::Translation, translation::is),
    // Titles have words of all kinds: who sang "Write Me a Letter"?
    (Kind::Fact, fact::is),
    (Kind::Creative, creative::is),
    (Kind::Task, task::is),
    (Kind::SmallTalk, small_talk::is),
    (Kind::Unknowable, unknowable::is),
    (Kind::Context, context::is),
    (Kind::Advice, advice::is),
    (Kind::Opinion, opinion::is),
    (Kind::Long, long::is_several),
    // A name, an order or a statement that no table knows.
    (Kind::Other, |text| !fact::is_asked(text)),
];

/// What kind of question this is. Any text has one.
pub fn kind_of(question: &str) -> Kind {
    let text = Text::new(question);
    RULES.iter().find(|rule| rule.1(&text)).map_or(Kind::Fact, |rule| rule.0)
}
