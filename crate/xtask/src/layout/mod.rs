//! What must be true of how the code is laid out: no modules in a circle, no app that uses another one as a library, no idea
//! in many files.

mod apps;
mod circles;
mod modules;
mod places;

use crate::project::Project;
use crate::stamp::files;
use std::path::PathBuf;

/// Paths of all files below a folder, from the root, with one of these endings.
fn sources(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let root = Project::find().unwrap().root;
    let ends = |path: &PathBuf| path.extension().is_some_and(|end| endings.iter().any(|wanted| end == *wanted));
    let found = files(&root.join(folder)).unwrap().into_iter().filter(ends);
    found.map(|path| path.strip_prefix(&root).unwrap().to_owned()).collect()
}
