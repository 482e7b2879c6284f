//! What must be true of the documents: their links lead somewhere, the README's example is one that a test runs, and its
//! first numbers stand on the pages that it names.

use crate::project::Project;
use crate::stamp::files;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Folders whose `.md` files are documents.
const FOLDERS: [&str; 5] = ["crate", "pkg", "shaders", "tests", "www"];

/// Words of the README, tables and code left out.
const README_WORDS: usize = 1100;

/// A document and what is checked of it.
struct Document {
    /// From the root.
    path: PathBuf,
    text: String,
}

impl Document {
    fn read(path: &str) -> Self {
        let text = fs::read_to_string(Project::find().unwrap().path(path));
        Self { path: path.into(), text: text.unwrap_or_else(|error| panic!("{path}: {error}")) }
    }

    fn all() -> Vec<Self> {
        let root = Project::find().unwrap().root;
        let found = FOLDERS.iter().flat_map(|folder| files(&root.join(folder)).unwrap());
        let markdown = found.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
        let relative = markdown.map(|path| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned());
        relative.chain(["README.md".to_owned()]).map(|path| Self::read(&path)).collect()
    }

    fn events(&self) -> impl Iterator<Item = Event<'_>> {
        Parser::new_ext(&self.text, Options::ENABLE_TABLES)
    }

    /// Addresses of links and pictures.
    fn links(&self) -> Vec<String> {
        let address = |event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.into_string()),
            _ => None,
        };
        self.events().filter_map(address).collect()
    }

    /// What can stand behind `#`: the names that GitHub gives to headings.
    fn anchors(&self) -> BTreeSet<String> {
        let (mut anchors, mut seen, mut heading) = (BTreeSet::new(), HashMap::new(), None);
        for event in self.events() {
            match (event, &mut heading) {
                (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
                (Event::Text(text) | Event::Code(text), Some(heading)) => heading.push_str(&text),
                (Event::End(TagEnd::Heading(_)), Some(text)) => {
                    let slug = slug(text);
                    let count = seen.entry(slug.clone()).or_insert(0);
                    anchors.insert(if *count == 0 { slug } else { format!("{slug}-{count}") });
                    *count += 1;
                    heading = None;
                }
                _ => {}
            }
        }
        anchors
    }

    /// The first example in JavaScript.
    fn example(&self) -> String {
        let is_example = |event: &Event<'_>| matches!(event, Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &**language == "js");
        match self.events().skip_while(|event| !is_example(event)).nth(1) {
            Some(Event::Text(code)) => code.into_string(),
            other => panic!("{} has no example: {other:?}", self.path.display()),
        }
    }

    /// The file that an address on this page means, from the root.
    fn target(&self, address: &str) -> Option<PathBuf> {
        let mut path = self.path.parent()?.to_owned();
        for part in Path::new(address).components() {
            match part {
                Component::Normal(name) => path.push(name),
                Component::CurDir => {}
                Component::ParentDir => path = path.parent()?.to_owned(),
                Component::RootDir | Component::Prefix(_) => return None,
            }
        }
        Some(path)
    }

    /// What is wrong with an address, if anything is.
    fn fault(&self, address: &str, documents: &HashMap<PathBuf, BTreeSet<String>>) -> Option<&'static str> {
        if is_remote(address) {
            return None;
        }
        let (file, anchor) = address.split_once('#').map_or((address, None), |(file, anchor)| (file, Some(anchor)));
        let path = if file.is_empty() { Some(self.path.clone()) } else { self.target(file) };
        let Some(path) = path else { return Some("leads out of the checkout") };
        if path.components().any(|part| ["dist", "node_modules", "target"].iter().any(|made| part.as_os_str() == *made))
        {
            return Some("leads to what only a build makes");
        }
        if !Project::find().unwrap().root.join(&path).exists() {
            return Some("leads nowhere");
        }
        match (anchor, documents.get(&path)) {
            (Some(anchor), Some(anchors)) if !anchors.contains(anchor) => Some("has an anchor that is not there"),
            (Some(_), None) => Some("has an anchor into what is no document"),
            _ => None,
        }
    }
}

fn is_remote(address: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| address.starts_with(scheme))
}

/// As GitHub makes a heading's name.
fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The numbers of a text. What has letters is a name: `SmolLM2-135M`, `Q4_1`.
fn numbers(text: &str) -> BTreeSet<&str> {
    let ends = |c: char| c.is_whitespace() || "|[]()<>;:×%÷≥≤±`*~“”\"".contains(c);
    let words = text.split(ends).map(|word| word.trim_end_matches(['.', ',', '?', '!']));
    words.filter(|word| word.parse::<f64>().is_ok_and(f64::is_finite)).collect()
}

/// A paragraph, a point of a list or another piece of running text.
#[derive(Debug, Default)]
struct Block {
    text: String,
    links: Vec<String>,
}

/// The running text before the first heading of the second level.
fn first_screen(document: &Document) -> Vec<Block> {
    let (mut blocks, mut silent) = (vec![Block::default()], 0);
    for event in document.events() {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => break,
            Event::Start(Tag::Paragraph | Tag::Item) => blocks.push(Block::default()),
            // The words of a link elsewhere are a name, code is an example, and a picture says what it shows.
            Event::Start(Tag::Link { dest_url, .. }) if !is_remote(&dest_url) => {
                blocks.last_mut().unwrap().links.push(dest_url.into_string());
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => silent += 1,
            Event::End(TagEnd::Link) if silent == 0 => {}
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => silent -= 1,
            Event::Text(text) if silent == 0 => blocks.last_mut().unwrap().text.push_str(&text),
            Event::SoftBreak => blocks.last_mut().unwrap().text.push(' '),
            _ => {}
        }
    }
    blocks
}

#[test]
fn every_link_leads_somewhere() {
    let documents = Document::all();
    let anchors: HashMap<_, _> = documents.iter().map(|each| (each.path.clone(), each.anchors())).collect();
    let mut faults = Vec::new();
    for document in &documents {
        for link in document.links() {
            if let Some(fault) = document.fault(&link, &anchors) {
                faults.push(format!("{}: {link} {fault}", document.path.display()));
            }
        }
        // A link in HTML would escape this test.
        let html = document.events().filter_map(|event| match event {
            Event::Html(text) | Event::InlineHtml(text) if text.contains("=\"") => Some(text),
            _ => None,
        });
        faults.extend(html.map(|text| format!("{}: write {text} as Markdown", document.path.display())));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_page_is_in_the_index() {
    let index = Document::read("www/docs/README.md");
    let linked: BTreeSet<PathBuf> = index.links().iter().filter_map(|link| index.target(link)).collect();
    let pages = Document::all().into_iter().map(|page| page.path).filter(|path| path.starts_with("www/docs"));
    let missing: Vec<_> = pages.filter(|path| *path != index.path && !linked.contains(path)).collect();
    assert!(missing.is_empty(), "www/docs/README.md does not name {missing:?}");
    let readme = Document::read("README.md");
    assert!(readme.links().iter().any(|link| readme.target(link) == Some(index.path.clone())));
}

/// `tests/package/examples/readme.test.mjs` runs that of the package.
#[test]
fn the_first_example_is_the_one_that_a_test_runs() {
    assert_eq!(Document::read("README.md").example(), Document::read("pkg/README.md").example());
}

#[test]
fn the_first_numbers_stand_on_the_pages_that_are_named_with_them() {
    let readme = Document::read("README.md");
    let mut checked = 0;
    for block in first_screen(&readme) {
        // A place on this page is no witness for it.
        let files = block.links.iter().filter_map(|link| link.split('#').next().filter(|file| !file.is_empty()));
        let pages: Vec<Document> = files.map(Document::read).collect();
        let known: BTreeSet<&str> = pages.iter().flat_map(|page| numbers(&page.text)).collect();
        for number in numbers(&block.text) {
            assert!(known.contains(number), "{number} is not on {:?}: {}", block.links, block.text);
            checked += 1;
        }
    }
    assert!(checked >= 5, "the README begins without facts");
}

#[test]
fn the_readme_is_short() {
    let (mut words, mut table) = (0, 0);
    for event in Document::read("README.md").events() {
        match event {
            Event::Start(Tag::Table(_) | Tag::CodeBlock(_)) => table += 1,
            Event::End(TagEnd::Table | TagEnd::CodeBlock) => table -= 1,
            Event::Text(text) | Event::Code(text) if table == 0 => words += text.split_whitespace().count(),
            _ => {}
        }
    }
    assert!(words <= README_WORDS, "{words} words: what is not for a first visit belongs into www/docs");
}

#[test]
fn faults_are_found() {
    let page = |path: &str, text: &str| Document { path: path.into(), text: text.into() };
    let readme = page("README.md", "# A *b*: `c`, d_e!\n\n## Twice\n\n## Twice\n");
    assert_eq!(readme.anchors(), ["a-b-c-d_e", "twice", "twice-1"].map(str::to_owned).into());
    let documents = HashMap::from([(readme.path.clone(), readme.anchors())]);
    let tests = page("tests/README.md", "");
    for (link, fault) in [
        ("../README.md#twice-1", None),
        ("../crate", None),
        ("https://example.org/x#y", None),
        ("../README.md#thrice", Some("has an anchor that is not there")),
        ("../Cargo.toml#x", Some("has an anchor into what is no document")),
        ("README.txt", Some("leads nowhere")),
        ("../../README.md", Some("leads out of the checkout")),
        ("/etc/hosts", Some("leads out of the checkout")),
        ("../pkg/dist", Some("leads to what only a build makes")),
    ] {
        assert_eq!(tests.fault(link, &documents), fault, "{link}");
    }
    let text = "a 3.05 × b, 26 % [0.69, 0.78]. 1e-8, Q4_1 of SmolLM2-135M 48-token 1.";
    assert_eq!(numbers(text), ["3.05", "26", "0.69", "0.78", "1e-8", "1"].into());
    let blocks =
        first_screen(&page("x.md", "# x 1\n\n* 2 [p 3](q)\n* [4](https://a.b)\n\n```js\n5\n```\n\n## y\n\n6\n"));
    let read: BTreeSet<&str> = blocks.iter().flat_map(|block| numbers(&block.text)).collect();
    assert_eq!(read, ["1", "2", "3"].into());
    assert_eq!(blocks.iter().flat_map(|block| &block.links).collect::<Vec<_>>(), ["q"]);
}
