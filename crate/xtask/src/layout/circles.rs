//! Files that need each other cannot be read one after the other.

use super::modules::{Graph, graph};
use super::sources;
use crate::project::Project;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Circles that are still to be cut, each with all of its files. No circle may be added, and no file to a circle; what is
/// no longer in one has to be deleted here.
const STILL_THERE: &[&[&str]] = &[];

/// The files that a file needs, and that those need, and so on.
fn needed<'a>(graph: &'a Graph, from: &Path) -> BTreeSet<&'a Path> {
    let (mut found, mut waiting) = (BTreeSet::new(), vec![from]);
    while let Some(next) = waiting.pop() {
        for file in graph.get(next).into_iter().flatten() {
            if found.insert(file.as_path()) {
                waiting.push(file);
            }
        }
    }
    found
}

/// The files in circles, circle by circle.
fn circles(graph: &Graph) -> BTreeSet<BTreeSet<&Path>> {
    let all: Vec<_> = graph.keys().map(|file| (file.as_path(), needed(graph, file))).collect();
    let circle = |(from, to): &(&'_ Path, BTreeSet<&'_ Path>)| {
        let returns = |(file, back): &&(_, BTreeSet<_>)| to.contains(file) && back.contains(from);
        all.iter().filter(returns).map(|(file, _)| *file).collect::<BTreeSet<_>>()
    };
    all.iter().map(circle).filter(|circle| !circle.is_empty()).collect()
}

/// The arrows of a circle, a line each.
fn shown(graph: &Graph, circle: &BTreeSet<&Path>) -> String {
    let arrows = circle.iter().map(|file| {
        let needed = graph[*file].iter().filter(|other| circle.contains(other.as_path()));
        format!(
            "  {} → {}",
            file.display(),
            needed.map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
        )
    });
    arrows.collect::<Vec<_>>().join("\n")
}

/// The graphs of all programs and libraries below `crate`.
fn crates() -> Vec<Graph> {
    let root = Project::find().unwrap().root;
    let is_root = |path: &PathBuf| {
        let inside: Vec<_> = path.iter().skip(2).collect();
        inside == ["src", "lib.rs"]
            || inside == ["src", "main.rs"]
            || path.iter().nth(3).is_some_and(|name| name == "bin")
    };
    let roots = sources("crate", &["rs"]).into_iter().filter(is_root);
    roots.map(|path| graph(&path, |path| fs::read_to_string(root.join(path)).ok())).collect()
}

#[test]
fn no_crate_has_modules_in_a_circle() {
    let crates = crates();
    let (mut faults, mut listed) = (Vec::new(), BTreeSet::new());
    for graph in &crates {
        for circle in circles(graph) {
            let known = STILL_THERE
                .iter()
                .find(|known| circle.iter().all(|file| known.iter().any(|name| file == &Path::new(name))));
            match known {
                Some(_) => listed.extend(circle),
                None => faults.push(format!("these files need each other:\n{}", shown(graph, &circle))),
            }
        }
    }
    let gone = STILL_THERE.iter().copied().flatten().filter(|name| !listed.contains(Path::new(name)));
    faults.extend(gone.map(|name| format!("{name} is in no circle any more: delete it from the list in {}", file!())));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn circles_are_found() {
    let graph: Graph = [("a", &["b", "e"][..]), ("b", &["c"]), ("c", &["a"]), ("d", &["a", "e"]), ("e", &[])]
        .map(|(file, needs)| (file.into(), needs.iter().map(PathBuf::from).collect()))
        .into();
    let found = circles(&graph);
    assert_eq!(found, [["a", "b", "c"].map(Path::new).into()].into());
    assert_eq!(shown(&graph, found.first().unwrap()), "  a → b\n  b → c\n  c → a");
}
