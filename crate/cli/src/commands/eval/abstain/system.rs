//! Who is asked: the model as it is, or told what to say.

use crate::evaluate::settings::Settings;
use semgrad::answer::record::Request;
use semgrad_scores::abstain::refusal::REFUSAL;

/// What a system is.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    /// The model as it is.
    Original,
    /// The model, told before every question to say so where it does not know.
    Prompt,
}

/// Who is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct System {
    /// Names its file.
    pub id: String,
    /// What it is.
    pub how: How,
}

impl System {
    /// The model as it is.
    pub fn original() -> Self {
        Self { id: "original".into(), how: How::Original }
    }

    /// The model, told.
    pub fn prompt() -> Self {
        Self { id: "prompt".into(), how: How::Prompt }
    }

    /// What stands before a question that has `prefix` before it. Not a system message: some templates have none, and in
    /// others it replaces the model's own.
    pub fn before(&self, prefix: &str) -> String {
        match self.how {
            How::Original => prefix.to_owned(),
            How::Prompt => format!("If you do not know the answer, say \"{REFUSAL}\" {prefix}"),
        }
    }

    /// Asks a question with `prefix` before it, greedily and for nothing but the answer.
    pub fn request(&self, prefix: &str, settings: &Settings) -> Request {
        Request {
            prefix: Some(self.before(prefix)),
            system: settings.system.clone(),
            max_tokens: Some(settings.max_tokens),
            methods: Some(Vec::new()),
            ..Request::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_before_a_question() {
        assert_eq!(System::original().before("Q: "), "Q: ");
        assert_eq!(System::prompt().before("Q: "), "If you do not know the answer, say \"I don't know.\" Q: ");
    }
}
