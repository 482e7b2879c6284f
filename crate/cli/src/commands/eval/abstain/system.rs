//! Who is asked: the model as it is, or told what to say, or taught.

use crate::evaluate::settings::Settings;
use crate::stop::Stop;
use crate::tuned::Tuned;
use semgrad::answer::record::Request;
use semgrad_scores::abstain::refusal::REFUSAL;
use std::path::{Path, PathBuf};

/// What a system is.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    /// The model as it is.
    Original,
    /// The model, told before every question to say so where it does not know.
    Prompt,
    /// The model, taught, by the folder that `semgrad tune` left.
    Tuned(PathBuf, Box<Tuned>),
}

/// Who is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct System {
    /// What it is called.
    pub id: String,
    /// What it is.
    pub how: How,
}

impl System {
    /// The model as it is, told, and as each of the `folders` has taught it.
    pub fn all(folders: &[PathBuf], settings: &Settings) -> Result<Vec<Self>, Stop> {
        let mut all = vec![Self::original(), Self::prompt()];
        for folder in folders {
            let system = Self::tuned(folder, settings)?;
            if all.iter().any(|other| other.id == system.id) {
                let message = format!("two systems are called {:?}.", system.id);
                return Err(Stop::bad_input(message, "Rename the folder of one of them."));
            }
            all.push(system);
        }
        Ok(all)
    }

    /// The model as it is.
    pub fn original() -> Self {
        Self { id: "original".into(), how: How::Original }
    }

    /// The model, told.
    pub fn prompt() -> Self {
        Self { id: "prompt".into(), how: How::Prompt }
    }

    fn tuned(folder: &Path, settings: &Settings) -> Result<Self, Stop> {
        let tuned = Tuned::read(folder)?;
        if tuned.weights != settings.weights {
            let message = format!("{} is of another model ({}).", folder.display(), tuned.model);
            return Err(Stop::bad_input(message, "Name folders of the model that is evaluated."));
        }
        if let Some(prefix) = tuned.prefix.as_ref().filter(|prefix| **prefix != settings.prefix) {
            let message = format!(
                "{} was taught with {prefix:?} before each question, and here {:?} stands there.",
                folder.display(),
                settings.prefix
            );
            let advice = format!("Evaluate into a new folder with --prefix {prefix:?}.");
            return Err(Stop::bad_input(message, advice));
        }
        // Of `.` and the like the folder's own name.
        let path = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let id = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { id, how: How::Tuned(folder.to_owned(), Box::new(tuned)) })
    }

    /// Names the file with its answers: those of a model that was taught anew are others.
    pub fn file(&self) -> String {
        match &self.how {
            How::Original | How::Prompt => format!("{}.jsonl", self.id),
            How::Tuned(_, tuned) => format!("{}-{:.8}.jsonl", self.id, tuned.adapter),
        }
    }

    /// What stands before a question that has `prefix` before it. Not a system message: some templates have none, and in
    /// others it replaces the model's own.
    pub fn before(&self, prefix: &str) -> String {
        match self.how {
            How::Original | How::Tuned(..) => prefix.to_owned(),
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
