//! `semgrad eval --abstain`: what ways to say "I don't know" are worth, on the questions of an evaluation.
//!
//! The distance that is usually reported rewards mere silence, so that no number stands alone: beside each system stand
//! answering always, never, and by lot as often as the system does, and thresholds on scores that need no training.
//!
//! Each system's answers are kept in `abstain/<system>.jsonl` of the folder and not asked for again; `abstain.json` has the
//! numbers, `abstain.md` the tables.

mod asking;
mod measure;
mod system;

use super::Work;
use crate::evaluate::findings::Findings;
use crate::evaluate::store::Store;
use crate::evaluate::{built_in, data};
use crate::jsonl::{unusable, write_file};
use crate::report::abstaining;
use crate::stop::Stop;
use asking::Answers;
use measure::findings;

impl Work<'_> {
    /// Asks what each system lacks, writes the numbers and the tables, and says how many lines failed.
    pub fn abstain(&self, store: &Store) -> Result<usize, Stop> {
        let folder = self.arguments.out.join("abstain");
        std::fs::create_dir_all(&folder).map_err(|e| Stop::Failed(unusable(&folder, &e)))?;
        let unanswerable = match &self.arguments.unanswerable {
            Some(path) => data::read(std::slice::from_ref(path), None, false)?.0.pop(),
            None => None,
        };
        let unanswerable = unanswerable.as_ref().unwrap_or(built_in::unanswerable());
        let Answers { systems, failed } = self.ask_systems(&folder, unanswerable)?;
        let found: Findings = findings(self, store, &systems, unanswerable);
        write_file(&self.arguments.out.join("abstain.json"), &found)?;
        let (path, text) = (self.arguments.out.join("abstain.md"), abstaining::markdown(&found));
        std::fs::write(&path, &text).map_err(|e| Stop::Failed(unusable(&path, &e)))?;
        say!("\n{text}");
        say_line!("\n{}", path.display());
        Ok(failed)
    }
}
