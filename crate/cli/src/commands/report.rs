//! `semgrad report`: an HTML page and a section of Markdown from the summaries of evaluations.

use crate::evaluate::summary::Summary;
use crate::report;
use crate::stop::Stop;
use clap::Args;
use semgrad::{Code, Error};
use std::path::{Path, PathBuf};

/// Arguments of `semgrad report`.
#[derive(Args)]
pub struct Arguments {
    /// Summaries of `semgrad eval`, one for each model.
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    summary: Vec<PathBuf>,
    /// Where the page goes: one file that needs nothing else.
    #[arg(long, value_name = "FILE", required_unless_present = "markdown")]
    html: Option<PathBuf>,
    /// Where the section of Markdown goes.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let read = arguments.summary.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>();
    let mut summaries = read.map_err(Stop::Failed)?;
    // From the smallest model to the largest, whatever the files are called.
    summaries.sort_by_key(|summary| summary.model.parameters.unwrap_or(u64::MAX));
    for (path, text) in
        [(&arguments.html, report::html as fn(&[Summary]) -> String), (&arguments.markdown, report::markdown)]
    {
        if let Some(path) = path {
            std::fs::write(path, text(&summaries)).map_err(|error| {
                let message = format!("{} cannot be written ({error}).", path.display());
                Stop::Failed(Error::new(
                    Code::BadInput,
                    message,
                    "Check the folder, the permissions and the free space.",
                ))
            })?;
            eprintln!("{}", path.display());
        }
    }
    Ok(())
}

fn read(path: &Path) -> semgrad::Result<Summary> {
    let bad = |what: String| {
        Error::new(
            Code::BadInput,
            format!("{}: {what}.", path.display()),
            "Give a summary.json as `semgrad eval` writes it.",
        )
    };
    let text = crate::jsonl::text(path)?;
    serde_json::from_str(&text).map_err(|error| bad(format!("this is no summary ({error})")))
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
    }

    #[test]
    fn files_that_are_no_summaries_are_named() {
        let folder = std::env::temp_dir().join(format!("semgrad-report-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("wrong.json");
        std::fs::write(&path, "{\"model\": 3}").unwrap();
        let error = read(&path).unwrap_err();
        assert!(
            error.code == Code::BadInput
                && error.message.contains("wrong.json")
                && error.message.contains("no summary")
        );
        assert!(read(&folder.join("absent.json")).unwrap_err().message.contains("absent.json"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
