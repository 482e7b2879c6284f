//! Generated sections of documents: what stands between two marks belongs to the command that the first one names.

use crate::project::Project;
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

/// A part of a document that a command writes.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// The document, from the root of the checkout.
    file: &'static str,
    begin: &'static str,
    end: &'static str,
    /// Within a sentence.
    is_inline: bool,
}

/// All numbers of the stored evaluations.
pub const RESULTS: Section = Section {
    file: "www/docs/results.md",
    begin: "<!-- results: made by `cargo xtask results` -->",
    end: "<!-- /results -->",
    is_inline: false,
};

/// The same in one line a model.
pub const RESULTS_IN_SHORT: Section = Section { file: "README.md", ..RESULTS };

/// What ways to say "I don't know" are worth.
pub const ABSTAINING: Section = Section {
    file: "www/docs/abstaining.md",
    begin: "<!-- abstaining: made by `cargo xtask results` -->",
    end: "<!-- /abstaining -->",
    is_inline: false,
};

/// What models are worth as judges of answers that others wrote.
pub const GIVEN: Section = Section {
    file: "www/docs/confidence.md",
    begin: "<!-- given: made by `cargo xtask results` -->",
    end: "<!-- /given -->",
    is_inline: false,
};

/// What was measured beside other runtimes.
pub const BENCHMARKS: Section = Section {
    file: "www/docs/benchmarks.md",
    begin: "<!-- benchmarks: made by `cargo xtask bench --peers --docs` -->",
    end: "<!-- /benchmarks -->",
    is_inline: false,
};

/// What methods read, and what that costs.
pub const METHODS: Section = Section {
    file: "www/docs/methods.md",
    begin: "<!-- methods: made by `cargo xtask contract` -->",
    end: "<!-- /methods -->",
    is_inline: false,
};

/// How many methods there are, wherever that is said.
pub const METHODS_COUNTED: [Section; 3] = [counted("README.md"), counted("pkg/README.md"), counted("www/docs/cli.md")];

const fn counted(file: &'static str) -> Section {
    Section { file, begin: "<!-- count of methods -->", end: "<!-- /count -->", is_inline: true }
}

impl Section {
    /// Where the document lies.
    pub fn path(&self, project: &Project) -> PathBuf {
        project.path(self.file)
    }

    /// The whole document with `text` between the marks.
    pub fn with(&self, project: &Project, text: &str) -> Result<String> {
        let path = self.path(project);
        let old = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        self.splice(&old, text)
    }

    fn splice(&self, document: &str, text: &str) -> Result<String> {
        let [before, rest] = self.once(document, self.begin)?;
        let [_, after] = self.once(rest, self.end)?;
        let space = if self.is_inline { "" } else { "\n\n" };
        Ok(format!("{before}{}{space}{}{space}{}{after}", self.begin, text.trim(), self.end))
    }

    /// What is before and after a mark that occurs exactly once.
    fn once<'a>(&self, text: &'a str, mark: &str) -> Result<[&'a str; 2]> {
        let parts: Vec<&str> = text.split(mark).collect();
        parts.try_into().ok().with_context(|| format!("{} must have the line {mark} exactly once", self.file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_section_changes() {
        let Section { begin, end, .. } = RESULTS;
        let document = format!("# A\n\n{begin}\nold\n{end}\n\n## B\n");
        let once = RESULTS.splice(&document, "| new |\n").unwrap();
        assert_eq!(once, format!("# A\n\n{begin}\n\n| new |\n\n{end}\n\n## B\n"));
        assert_eq!(RESULTS.splice(&once, "| new |").unwrap(), once);
        let Section { begin, end, .. } = METHODS_COUNTED[0];
        let sentence = |count| format!("There are {begin}{count}{end} methods.");
        assert_eq!(METHODS_COUNTED[0].splice(&sentence(1), "2").unwrap(), sentence(2));
    }

    #[test]
    fn marks_that_are_missing_or_doubled_are_refused() {
        let Section { begin, end, .. } = RESULTS;
        for document in ["", begin, end, &format!("{end}{begin}"), &format!("{begin}{end}{begin}{end}")] {
            assert!(RESULTS.splice(document, "x").unwrap_err().to_string().contains("exactly once"), "{document}");
        }
    }

    #[test]
    fn every_document_has_its_marks() {
        let project = Project::find().unwrap();
        for section in
            [[RESULTS, RESULTS_IN_SHORT, ABSTAINING, BENCHMARKS, METHODS].as_slice(), &METHODS_COUNTED].concat()
        {
            assert!(section.with(&project, "x").is_ok(), "{}", section.file);
        }
    }
}
