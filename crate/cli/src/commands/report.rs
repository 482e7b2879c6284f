//! `semgrad report`: an HTML page and a section of Markdown from the summaries of evaluations, or Markdown from what they
//! found out about abstaining, or from what models are worth as judges of others.

use crate::evaluate::findings::Findings;
use crate::evaluate::summary::Summary;
use crate::report::given::{self, Given};
use crate::report::{self, abstaining};
use crate::stop::Stop;
use clap::Args;
use semgrad::{Code, Error};
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// Arguments of `semgrad report`.
#[derive(Args)]
pub struct Arguments {
    /// Summaries of `semgrad eval`, one for each model.
    #[arg(long, num_args = 1.., value_name = "FILE", required_unless_present_any = ["abstain", "given"])]
    summary: Vec<PathBuf>,
    /// Instead: what `semgrad eval --abstain` found, an abstain.json for each model; Markdown alone.
    #[arg(long, num_args = 1.., value_name = "FILE", conflicts_with_all = ["summary", "html"], requires = "markdown")]
    abstain: Vec<PathBuf>,
    /// Instead: reports of `semgrad calibrate --given`, one for each model; Markdown alone.
    #[arg(long, num_args = 1.., value_name = "FILE", conflicts_with_all = ["summary", "html", "abstain"], requires = "markdown")]
    given: Vec<PathBuf>,
    /// Where the page goes: one file that needs nothing else.
    #[arg(long, value_name = "FILE", required_unless_present = "markdown")]
    html: Option<PathBuf>,
    /// Where the section of Markdown goes.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    // From the smallest model to the largest, whatever the files are called.
    let texts = if !arguments.given.is_empty() {
        let mut found: Vec<Given> = all(&arguments.given, "report as `semgrad calibrate --given --report`")?;
        found.sort_by_key(|found| found.parameters);
        [None, arguments.markdown.as_ref().map(|path| (path, given::markdown(&found)))]
    } else if arguments.abstain.is_empty() {
        let mut summaries: Vec<Summary> = all(&arguments.summary, "file summary.json as `semgrad eval`")?;
        summaries.sort_by_key(|summary| summary.model.parameters.unwrap_or(u64::MAX));
        let html = arguments.html.as_ref().map(|path| (path, report::html(&summaries)));
        let markdown = arguments.markdown.as_ref().map(|path| (path, report::markdown(&summaries)));
        [html, markdown]
    } else {
        let mut found: Vec<Findings> = all(&arguments.abstain, "file abstain.json as `semgrad eval --abstain`")?;
        found.sort_by_key(|found| found.parameters);
        let text = || found.iter().map(abstaining::markdown).collect::<Vec<_>>().join("\n");
        [None, arguments.markdown.as_ref().map(|path| (path, text()))]
    };
    for (path, text) in texts.into_iter().flatten() {
        std::fs::write(path, text).map_err(|error| {
            let message = format!("{} cannot be written ({error}).", path.display());
            Stop::bad_input(message, "Check the folder, the permissions and the free space.")
        })?;
        eprintln!("{}", path.display());
    }
    Ok(())
}

/// All files of a kind: what they are, and who writes them.
fn all<T: DeserializeOwned>(paths: &[PathBuf], kind: &str) -> Result<Vec<T>, Stop> {
    paths.iter().map(|path| read(path, kind)).collect::<semgrad::Result<_>>().map_err(Stop::Failed)
}

fn read<T: DeserializeOwned>(path: &Path, kind: &str) -> semgrad::Result<T> {
    let text = crate::jsonl::text(path)?;
    serde_json::from_str(&text).map_err(|error| {
        let message = format!("{}: this is something else ({error}).", path.display());
        Error::new(Code::BadInput, message, format!("Give a {kind} writes it."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn something_must_be_wanted() {
        let parsed = |line: &str| Line::try_parse_from(line.split_whitespace()).map(|line| line.arguments);
        assert!(parsed("report --summary a.json").is_err() && parsed("report --html a.html").is_err());
        let both = parsed("report --summary a.json b.json --html a.html --markdown a.md").unwrap();
        assert_eq!((both.summary.len(), both.html.is_some(), both.markdown.is_some()), (2, true, true));
        assert!(parsed("report --summary a.json --markdown a.md").is_ok());
        assert!(parsed("report --abstain a.json b.json --markdown a.md").is_ok());
        assert!(
            parsed("report --given a.json b.json --markdown a.md").is_ok() && parsed("report --given a.json").is_err()
        );
        for line in
            ["--abstain a.json", "--abstain a.json --html a.html", "--abstain a.json --summary b.json --markdown a"]
        {
            assert!(parsed(&format!("report {line}")).is_err(), "{line}");
        }
    }

    #[test]
    fn files_that_are_no_summaries_are_named() {
        let folder = std::env::temp_dir().join(format!("semgrad-report-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("wrong.json");
        std::fs::write(&path, "{\"model\": 3}").unwrap();
        let error = read::<Summary>(&path, "summary.json").unwrap_err();
        assert!(error.code == Code::BadInput && error.message.contains("wrong.json: this is something else"));
        assert!(read::<Findings>(&folder.join("absent.json"), "").unwrap_err().message.contains("absent.json"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
