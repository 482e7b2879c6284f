//! What is asked.

use super::arguments::{Answers, Arguments};
use crate::evaluate::dataset::{Dataset, Question};
use crate::evaluate::{built_in, data};
use crate::stop::Stop;
use std::collections::HashSet;

/// The question sets that were named.
pub struct Sets {
    /// To learn from.
    pub data: Vec<Dataset>,
    /// To choose the threshold and to measure by.
    pub validation: Vec<Dataset>,
}

impl Sets {
    /// Reads the files. Claims of long answers are not judged by short right ones, which validation can do without then. What is validated with is not learned from, whatever it is called there.
    pub fn read(arguments: &Arguments) -> Result<Self, Stop> {
        let n = arguments.n.map(|n| n as usize);
        let (mut data, _) = data::read(&arguments.data, n, false)?;
        let (validation, _) = data::read(&arguments.validation, n, arguments.answers == Answers::Short)?;
        let mut names = HashSet::from([built_in::replay().name.as_str()]);
        if let Some(twice) = data.iter().chain(&validation).find(|set| !names.insert(&set.name)) {
            let message = format!("two question sets are called {:?}.", twice.name);
            return Err(Stop::bad_input(message, "Rename one of the files."));
        }
        let kept: HashSet<&str> = validation.iter().flat_map(|set| &set.questions).map(|q| q.question.trim()).collect();
        for set in &mut data {
            let before = set.questions.len();
            set.questions.retain(|question| !kept.contains(question.question.trim()));
            if set.questions.len() < before {
                let count = before - set.questions.len();
                eprintln!("{}: {count} questions are in the validation set and are not learned from", set.name);
            }
        }
        Ok(Self { data, validation })
    }
}

/// All questions of some sets, each with its set's name.
pub fn questions<'a>(sets: impl IntoIterator<Item = &'a Dataset>) -> impl Iterator<Item = (&'a str, &'a Question)> {
    let of = |set: &'a Dataset| set.questions.iter().map(move |question| (set.name.as_str(), question));
    sets.into_iter().flat_map(of)
}
