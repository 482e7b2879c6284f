//! Apps stand beside each other: what two of them use lies in `www/shared`.

use super::sources;
use crate::project::Project;
use std::fs;
use std::path::{Component, Path, PathBuf};

const APPS: [&str; 4] = ["www/demo", "www/extension", "www/edge", "tests/bench"];

/// The questions that the benchmark, the demo page and the command line measure with: data, which belongs to the benchmark.
const WORKLOAD: &str = "tests/bench/workload.json";

/// The files that a source file names by relative paths, from the root.
fn named(file: &Path, text: &str) -> Vec<PathBuf> {
    let quoted =
        text.split(['"', '\'', '`', '(', ')']).filter(|word| word.starts_with("./") || word.starts_with("../"));
    quoted.map(|word| normal(&file.with_file_name(word))).collect()
}

fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut whole, part| {
        match part {
            Component::ParentDir => _ = whole.pop(),
            Component::CurDir => {}
            other => whole.push(other),
        }
        whole
    })
}

#[test]
fn no_app_uses_another_one() {
    let root = Project::find().unwrap().root;
    let mut faults = Vec::new();
    for app in APPS {
        for file in sources(app, &["css", "html", "js", "json", "mjs", "ts"]) {
            let text = fs::read_to_string(root.join(&file)).unwrap();
            for named in named(&file, &text) {
                if APPS.iter().any(|other| *other != app && named.starts_with(other)) && named != Path::new(WORKLOAD) {
                    faults.push(format!("{} uses {}", file.display(), named.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "what two apps use belongs into www/shared:\n{}", faults.join("\n"));
}

#[test]
fn uses_are_found() {
    let text = "import a from '../../demo/src/a.js';\n@import \"./b.css\"; url(../c.svg) import(\"semgrad\")";
    let found = named(Path::new("www/extension/src/x.ts"), text);
    assert_eq!(found, ["www/demo/src/a.js", "www/extension/src/b.css", "www/extension/c.svg"].map(PathBuf::from));
}
