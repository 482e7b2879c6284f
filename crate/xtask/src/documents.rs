//! What documents say about the code, checked against it: every section that a comment cites, every method, every path
//! and link of `www/docs/methods.md`. Its numbers come from `tests/reference/methods/vectors.py`.

use crate::project::Project;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders whose files cite the page, and that it names files of.
const FOLDERS: [&str; 5] = ["crate", "pkg", "shaders", "tests", "www"];
/// Folders of them that hold what was installed or built.
const GENERATED: [&str; 5] = ["node_modules", "dist", "target", "build", ".wrangler"];
/// Files with comments.
const TEXTS: [&str; 11] = ["css", "html", "js", "md", "mjs", "py", "rs", "toml", "ts", "tsx", "wgsl"];
/// What an entry of the page has to say.
const LABELS: [&str; 3] = ["**Score:**", "**Source:**", "**Checked by:**"];

/// All files with comments below a folder.
fn texts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !GENERATED.contains(&name.as_str()) {
            found.extend(texts(&path));
        } else if path.extension().is_some_and(|end| TEXTS.iter().any(|text| end == *text)) {
            found.push(path);
        }
    }
    found
}

/// A text in one line, without what makes comments of its lines: a citation may go on in the next one.
fn joined(text: &str) -> String {
    let line = |line: &str| line.trim_start().trim_start_matches(['/', '!', '*', '#', ' ']).to_owned();
    text.lines().map(line).collect::<Vec<_>>().join(" ")
}

/// The section number that a text begins with, and what follows.
fn section(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('\u{a7}')?;
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    // A full stop may end the sentence.
    let number = text[..end].trim_end_matches('.');
    (!number.is_empty()).then(|| (number, &text[number.len()..]))
}

/// Sections of the page that a text cites: one or several after each of its names.
fn citations(text: &str) -> Vec<String> {
    let text = joined(text);
    let mut cited = Vec::new();
    for (at, name) in text.match_indices("methods.md") {
        let mut rest = text[at + name.len()..].trim_start_matches(['`', ' ']);
        while let Some((number, after)) = section(rest) {
            cited.push(number.to_owned());
            let after = after.trim_start_matches([',', ' ']);
            rest = after.strip_prefix("and ").unwrap_or(after);
        }
    }
    cited
}

/// The page, cut at its headings.
struct Page {
    text: String,
    /// Heading with its marks, and what follows up to the next one of any level.
    parts: Vec<(String, String)>,
}

impl Page {
    fn read(project: &Project) -> Self {
        let text = fs::read_to_string(project.path("www/docs/methods.md")).unwrap();
        let (mut parts, mut is_code) = (vec![(String::new(), String::new())], false);
        for line in text.lines() {
            is_code ^= line.starts_with("```");
            match line.starts_with('#') && !is_code {
                true => parts.push((line.to_owned(), String::new())),
                false => parts.last_mut().unwrap().1 += &format!("{line}\n"),
            }
        }
        Self { text, parts }
    }

    /// Section numbers, each of which stands once.
    fn sections(&self) -> BTreeSet<&str> {
        let titles = self.parts.iter().filter_map(|(heading, _)| section(heading.trim_start_matches(['#', ' '])));
        let mut numbers = BTreeSet::new();
        for (number, _) in titles {
            assert!(numbers.insert(number), "\u{a7}{number} is there twice");
        }
        numbers
    }

    /// Entries by id of the method.
    fn entries(&self) -> BTreeMap<&str, &str> {
        let mut entries = BTreeMap::new();
        for (heading, text) in &self.parts {
            if let Some(id) = heading.strip_prefix("#### `").and_then(|rest| rest.strip_suffix('`')) {
                assert!(entries.insert(id, text.as_str()).is_none(), "{id} has two entries");
            }
        }
        entries
    }

    /// Names of headings in links, as GitHub makes them.
    fn anchors(&self) -> BTreeSet<String> {
        let kept = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let anchor = |(heading, _): &(String, String)| {
            let title = heading.trim_start_matches('#').trim().to_lowercase();
            title.chars().filter(|&c| kept(c)).collect::<String>().replace(' ', "-")
        };
        self.parts.iter().map(anchor).collect()
    }

    /// First cells of the test vectors' rows.
    fn vectors(&self) -> Vec<&str> {
        let (_, text) = self.parts.iter().find(|(heading, _)| heading.starts_with("## \u{a7}13 ")).unwrap();
        text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()).collect()
    }
}

/// What stands between `begin` and `end`.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    text.split_once(begin)?.1.split_once(end).map(|(inside, _)| inside)
}

/// Ids of the registry with their citations, read from the sources: xtask must not wait for the crate.
fn registry(project: &Project) -> BTreeMap<String, String> {
    let is_registry = |path: &&PathBuf| {
        path.ends_with("methods/mod.rs") && fs::read_to_string(path).unwrap().contains("pub const REGISTRY: &[Method]")
    };
    let files = texts(&project.path("crate"));
    let [file] = files.iter().filter(is_registry).collect::<Vec<_>>()[..] else { panic!("there is not one registry") };
    let source = fs::read_to_string(file).unwrap();
    let list = between(&source, "pub const REGISTRY: &[Method] = &[", "];").unwrap();
    let modules = list.lines().filter_map(|line| line.trim().strip_suffix("::METHOD,"));
    let method = |module: &str| {
        let source = fs::read_to_string(file.with_file_name(format!("{module}.rs"))).unwrap();
        let id = between(&source, "id: \"", "\"").unwrap().to_owned();
        (id, between(&source, "citation: \"", "\"").unwrap_or("folklore").to_owned())
    };
    modules.map(method).collect()
}

#[test]
fn citations_are_found() {
    assert_eq!(citations("/// methods.md \u{a7}2.3 and \u{a7}13: ten"), ["2.3", "13"]);
    assert_eq!(citations("// the page (methods.md\n    // \u{a7}1.2, \u{a7}1.3)."), ["1.2", "1.3"]);
    assert_eq!(citations("# `www/docs/methods.md` \u{a7}13. It"), ["13"]);
    assert!(citations("ranking(\"methods.md\", 3), \u{a7}4").is_empty());
}

#[test]
fn cited_sections_exist() {
    let project = Project::find().unwrap();
    let page = Page::read(&project);
    let sections = page.sections();
    let mut cited = BTreeSet::new();
    for path in FOLDERS.iter().flat_map(|folder| texts(&project.path(folder))) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("methods \u{a7}"), "{}: write \"methods.md\" before the section", path.display());
        for number in citations(&text) {
            assert!(sections.contains(number.as_str()), "{}: there is no \u{a7}{number}", path.display());
            cited.insert(number);
        }
    }
    // Without its citations the page would not be worth checking.
    assert!(["1.2", "3.2", "11.2", "13"].iter().all(|number| cited.contains(*number)), "{cited:?}");
}

#[test]
fn every_method_is_described() {
    let project = Project::find().unwrap();
    let page = Page::read(&project);
    let (registry, entries) = (registry(&project), page.entries());
    let known: BTreeSet<&str> = registry.keys().map(String::as_str).collect();
    assert!(known.len() > 50, "the registry was not read: {known:?}");
    let described: BTreeSet<&str> = entries.keys().copied().collect();
    assert_eq!(known, described, "methods of the registry, and entries of www/docs/methods.md");
    let vectors = page.vectors();
    for (id, citation) in &registry {
        let entry = entries[id.as_str()];
        for label in LABELS {
            assert!(entry.contains(label), "{id} has no {label}");
        }
        let papers = citation.split([' ', ',']).filter(|word| word.contains('.') && word.parse::<f64>().is_ok());
        for paper in papers {
            assert!(entry.contains(paper), "the entry of {id} does not name {paper}");
        }
        let check = entry.split(LABELS[2]).nth(1).unwrap_or_default();
        let is_row = |row: &str| row.split([' ', ',', '`']).any(|word| word == id);
        assert!(!check.contains("\u{a7}13") || vectors.iter().any(|row| is_row(row)), "{id} has no row in \u{a7}13");
        // The table of what each method costs, too.
        let costs = &page.parts.iter().find(|(heading, _)| heading.starts_with("## \u{a7}0 ")).unwrap().1;
        assert!(costs.contains(&format!("`{id}`")), "{id} is not in the table of \u{a7}0");
    }
}

#[test]
fn what_the_page_names_is_there() {
    let project = Project::find().unwrap();
    let page = Page::read(&project);
    let anchors = page.anchors();
    let links: Vec<&str> = page.text.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let broken: Vec<&&str> = links.iter().filter(|link| !anchors.contains(**link)).collect();
    assert!(links.len() > 10 && broken.is_empty(), "no heading for {broken:?}");
    let named = page.text.split('`').filter(|text| {
        let folder = text.split_once('/').map(|(folder, _)| folder);
        folder.is_some_and(|folder| FOLDERS.contains(&folder)) && !text.contains([' ', '\n'])
    });
    let missing: Vec<&str> = named.filter(|path| !project.path(path).exists()).collect();
    assert!(missing.is_empty(), "{missing:?} are not there");
}
