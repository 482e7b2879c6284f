//! Which file of a crate names what another file of it defines, read from the syntax.
//!
//! A path is followed through imports and re-exports to the file of the item that it names. What needs types is not
//! followed: a method or a field is no name. Code under `#[cfg(test)]` is left out, and what a parent says only to make its
//! children known (`mod child;`, `pub use child::Item;`).

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use syn::visit::Visit;
use syn::{Attribute, Item, ItemMod, ItemUse, Meta, UseTree, Visibility};

/// For every file the files that it needs.
pub type Graph = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// The files of the crate with this root file, `lib.rs` or `main.rs`; paths are as that of the root.
pub fn graph(root: &Path, read: impl Fn(&Path) -> Option<String>) -> Graph {
    let mut tree = Tree { modules: Vec::new(), macros: HashMap::new() };
    let folder = root.parent().unwrap_or(Path::new(""));
    tree.file(root, folder, None, &read);
    let mut graph: Graph = tree.modules.iter().map(|module| (module.file.clone(), BTreeSet::new())).collect();
    for (index, module) in tree.modules.iter().enumerate() {
        let mut names = Names { tree: &tree, module: index, found: BTreeSet::new() };
        for import in module.imports.iter().filter(|import| !import.public) {
            names.add(&import.path);
        }
        for item in &module.items {
            names.scan(item.clone());
        }
        names.found.remove(&module.file);
        graph.entry(module.file.clone()).or_default().extend(names.found);
    }
    graph
}

/// All modules of a crate; the first one is its root.
struct Tree {
    modules: Vec<Module>,
    /// The file of each `macro_rules!`.
    macros: HashMap<String, PathBuf>,
}

struct Module {
    file: PathBuf,
    parent: Option<usize>,
    children: HashMap<String, usize>,
    /// What is defined here.
    names: BTreeSet<String>,
    imports: Vec<Import>,
    items: Vec<TokenStream>,
}

/// One name of a `use`.
struct Import {
    path: Vec<String>,
    /// `None` for `*`.
    name: Option<String>,
    public: bool,
}

/// What a path leads to.
enum Target {
    Module(usize),
    Item(PathBuf),
}

impl Tree {
    fn file(
        &mut self,
        file: &Path,
        folder: &Path,
        parent: Option<usize>,
        read: &impl Fn(&Path) -> Option<String>,
    ) -> usize {
        let text = read(file).unwrap_or_else(|| panic!("there is no {}", file.display()));
        let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.module(file, folder, parent, syntax.items, read)
    }

    /// `folder` is where files of child modules are.
    fn module(
        &mut self,
        file: &Path,
        folder: &Path,
        parent: Option<usize>,
        items: Vec<Item>,
        read: &impl Fn(&Path) -> Option<String>,
    ) -> usize {
        let index = self.modules.len();
        let (children, names) = (HashMap::new(), BTreeSet::new());
        let file = file.to_owned();
        self.modules.push(Module { file, parent, children, names, imports: Vec::new(), items: Vec::new() });
        for item in items {
            if is_test(&item) {
                continue;
            }
            let mut imports = Imports(Vec::new());
            imports.visit_item(&item);
            match item {
                Item::Mod(child) => {
                    let name = child.ident.to_string();
                    let child = self.child(index, folder, child, read);
                    self.modules[index].children.insert(name, child);
                    continue;
                }
                Item::Use(_) => {}
                other => {
                    let file = self.modules[index].file.clone();
                    if let Item::Macro(definition) = &other {
                        self.macros.extend(definition.ident.iter().map(|name| (name.to_string(), file.clone())));
                    }
                    self.modules[index].names.extend(defined(&other));
                    self.modules[index].items.push(other.to_token_stream());
                }
            }
            self.modules[index].imports.extend(imports.0);
        }
        index
    }

    fn child(
        &mut self,
        parent: usize,
        folder: &Path,
        child: ItemMod,
        read: &impl Fn(&Path) -> Option<String>,
    ) -> usize {
        let inside = folder.join(child.ident.to_string());
        if let Some((_, items)) = child.content {
            let file = self.modules[parent].file.clone();
            return self.module(&file, &inside, Some(parent), items, read);
        }
        let beside = inside.with_extension("rs");
        let file = if read(&beside).is_some() { beside } else { inside.join("mod.rs") };
        self.file(&file, &inside, Some(parent), read)
    }

    /// Follows a path from a module; `None` if it leads out of the crate.
    fn resolve(&self, from: usize, path: &[String], depth: usize) -> Option<Target> {
        // Imports that lead to each other end here.
        if depth > 16 {
            return None;
        }
        let (first, rest) = path.split_first()?;
        let mut module = match first.as_str() {
            "crate" => 0,
            "self" => from,
            "super" => self.modules[from].parent?,
            name => match self.lookup(from, name, rest.is_empty(), depth)? {
                Target::Module(module) => module,
                item => return Some(item),
            },
        };
        for (index, name) in rest.iter().enumerate() {
            module = match name.as_str() {
                "self" => module,
                "super" => self.modules[module].parent?,
                name => match self.lookup(module, name, index + 1 == rest.len(), depth) {
                    Some(Target::Module(module)) => module,
                    Some(item) => return Some(item),
                    // Made by a macro.
                    None => return Some(Target::Item(self.modules[module].file.clone())),
                },
            };
        }
        Some(Target::Module(module))
    }

    /// A name as it is known in a module. In the middle of a path it is a module rather than a function of the same name.
    fn lookup(&self, index: usize, name: &str, last: bool, depth: usize) -> Option<Target> {
        let module = &self.modules[index];
        let child = || module.children.get(name).map(|child| Target::Module(*child));
        let own = || module.names.contains(name).then(|| Target::Item(module.file.clone()));
        let known = if last { own().or_else(child) } else { child().or_else(own) };
        let imported = || {
            let import = module.imports.iter().find(|import| import.name.as_deref() == Some(name))?;
            self.resolve(index, &import.path, depth + 1)
        };
        let from_all = |import: &Import| match self.resolve(index, &import.path, depth + 1)? {
            Target::Module(all) if all != index => self.lookup(all, name, last, depth + 1),
            _ => None,
        };
        known.or_else(imported).or_else(|| module.imports.iter().filter(|each| each.name.is_none()).find_map(from_all))
    }
}

/// The names that one module uses.
struct Names<'a> {
    tree: &'a Tree,
    module: usize,
    found: BTreeSet<PathBuf>,
}

impl Names<'_> {
    fn add(&mut self, path: &[String]) {
        if let Some(Target::Item(file)) = self.tree.resolve(self.module, path, 0) {
            self.found.insert(file);
        }
    }

    /// Paths look the same everywhere: in types, expressions, attributes and arguments of macros.
    fn scan(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is = |index: usize, wanted: char| matches!(tokens.get(index), Some(TokenTree::Punct(p)) if p.as_char() == wanted);
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            let start = index;
            index += 1;
            let TokenTree::Ident(first) = token else {
                if let TokenTree::Group(group) = token {
                    self.scan(group.stream());
                }
                continue;
            };
            let mut path = vec![first.to_string()];
            while let (true, true, Some(TokenTree::Ident(next))) =
                (is(index, ':'), is(index + 1, ':'), tokens.get(index + 2))
            {
                path.push(next.to_string());
                index += 3;
            }
            let before = |back: usize, wanted| start >= back && is(start - back, wanted);
            // `.name` but not `..name`; `::name` is another crate, or the end of a type in brackets.
            let is_member = before(1, '.') && !before(2, '.') || before(1, ':') && before(2, ':');
            let is_definition = start > 0 && matches!(&tokens[start - 1], TokenTree::Ident(word) if word == "fn");
            let is_call = matches!(tokens.get(index), Some(TokenTree::Group(_)));
            if is(index, '!') {
                self.found.extend(path.last().and_then(|name| self.tree.macros.get(name)).cloned());
            }
            // A single word in lower case is a variable, unless it is called.
            let is_name = path.len() > 1 || is_call || path[0].starts_with(char::is_uppercase);
            if is_name && !is_member && !is_definition {
                self.add(&path);
            }
        }
    }
}

/// All `use` of an item, also those inside functions, but not those of its child modules.
struct Imports(Vec<Import>);

impl Visit<'_> for Imports {
    fn visit_item_use(&mut self, item: &ItemUse) {
        if item.leading_colon.is_none() {
            let public = !matches!(item.vis, Visibility::Inherited);
            flatten(&item.tree, &[], public, &mut self.0);
        }
    }

    fn visit_item_mod(&mut self, _: &ItemMod) {}
}

fn flatten(tree: &UseTree, prefix: &[String], public: bool, out: &mut Vec<Import>) {
    let with = |ident: &Ident| [prefix, &[ident.to_string()]].concat();
    let mut add = |path, name: Option<String>| out.push(Import { path, name, public });
    match tree {
        UseTree::Path(path) => flatten(&path.tree, &with(&path.ident), public, out),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, prefix, public, out)),
        UseTree::Name(name) if name.ident == "self" => add(prefix.to_vec(), prefix.last().cloned()),
        UseTree::Name(name) => add(with(&name.ident), Some(name.ident.to_string())),
        UseTree::Rename(name) if name.ident == "self" => add(prefix.to_vec(), Some(name.rename.to_string())),
        UseTree::Rename(name) => add(with(&name.ident), Some(name.rename.to_string())),
        _ => add(prefix.to_vec(), None),
    }
}

fn is_test(item: &Item) -> bool {
    let tests = |attribute: &Attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    };
    attributes(item).iter().any(tests)
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The name that an item gives to what it defines.
fn defined(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// A crate of which only the texts matter.
fn of(files: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
    let text = |path: &Path| files.iter().find(|(name, _)| Path::new(name) == path).map(|(_, text)| (*text).to_owned());
    let name = |path: &PathBuf| path.to_string_lossy().into_owned();
    let graph = graph(Path::new("lib.rs"), text);
    graph.iter().map(|(file, needs)| (name(file), needs.iter().map(name).collect())).collect()
}

#[test]
fn paths_lead_to_the_file_that_defines() {
    let graph = of(&[
        ("lib.rs", "mod a; pub mod b; mod c; #[macro_use] mod d; pub use b::deep::{Deep, helper as help};"),
        ("a.rs", "use crate::{Deep, b}; fn f(x: Deep) { let y = b::deep::helper; vec![super::c::run()]; say!(y) }"),
        ("b/mod.rs", "pub mod deep; pub use deep::*; pub use inner::Inner; mod inner { pub struct Inner; }"),
        ("b/deep.rs", "pub struct Deep; pub fn helper() {} impl Deep { fn c(&self) { self.a(); std::mem::take(x) } }"),
        (
            "c.rs",
            "use super::b::*; pub fn run() { fn inside() { use crate::a::f; } helper(); Inner } #[cfg(test)] mod tests;",
        ),
        (
            "d.rs",
            "macro_rules! say { () => { $crate::c::run() } } type A = Vec<crate::a::A>; #[cfg(test)] use crate::b::Inner;",
        ),
    ]);
    let needs = |file: &str| {
        graph.iter().find(|(name, _)| name == file).unwrap().1.iter().map(String::as_str).collect::<Vec<_>>()
    };
    assert_eq!(needs("lib.rs"), [""; 0]);
    assert_eq!(needs("a.rs"), ["b/deep.rs", "c.rs", "d.rs"]);
    assert_eq!(needs("b/mod.rs"), [""; 0]);
    assert_eq!(needs("b/deep.rs"), [""; 0]);
    assert_eq!(needs("c.rs"), ["a.rs", "b/deep.rs", "b/mod.rs"]);
    assert_eq!(needs("d.rs"), ["a.rs", "c.rs"]);
}
