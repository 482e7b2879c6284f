//! A tiny model in three files, and the ways in which such files can be wrong.

use super::super::tests::converted;
use super::super::writer::Writer;
use crate::error::{Code, Error, Result};
use crate::weights::checkpoint::Checkpoint;
use crate::weights::fixtures::{reference, tiny_in_gguf};
use crate::weights::source::{ModelFile, open_path};
use std::rc::Rc;

const NAMES: [&str; 3] = ["m-00001-of-00003.gguf", "m-00002-of-00003.gguf", "m-00003-of-00003.gguf"];

/// What each part says of itself, in the types that llama.cpp writes.
fn said(part: Writer, no: u16, count: u16, tensors: i32) -> Writer {
    let part = part.key("split.no", 2, &no.to_le_bytes()).key("split.count", 2, &count.to_le_bytes());
    part.key("split.tensors.count", 5, &tensors.to_le_bytes())
}

/// The parts of a model; the first holds so many tensors, and the others share the rest.
fn split(whole: &Writer, first: usize) -> [Writer; 3] {
    let all = whole.tensors.len();
    let ends = [first, first + (all - first) / 2, all];
    let mut start = 0;
    let mut no = 0;
    ends.map(|end| {
        let mut part =
            if no == 0 { Writer { keys: whole.keys.clone(), ..Writer::default() } } else { Writer::default() };
        part.tensors = whole.tensors[start..end].to_vec();
        part = said(part, no, 3, all as i32);
        (start, no) = (end, no + 1);
        part
    })
}

fn files(parts: &[(&str, &Writer)]) -> Vec<ModelFile> {
    parts.iter().map(|(name, part)| ModelFile { name: (*name).to_owned(), source: Rc::new(part.finish()) }).collect()
}

fn open(files: Vec<ModelFile>) -> Result<Checkpoint> {
    pollster::block_on(Checkpoint::open(files))
}

fn error(parts: &[(&str, &Writer)]) -> Error {
    open(files(parts)).err().unwrap()
}

fn is_same(a: &Checkpoint, b: &Checkpoint) -> bool {
    let read = |c: &Checkpoint, name: &str| pollster::block_on(c.read(name)).unwrap();
    a.config == b.config && a.tensors().eq(b.tensors()) && a.tensors().all(|t| read(a, &t.name) == read(b, &t.name))
}

#[test]
fn a_model_in_three_files_is_the_model() {
    for name in tiny_in_gguf() {
        let (whole, _) = converted(&name);
        let expected = open(files(&[("m.gguf", &whole)])).unwrap();
        for first in [0, 3] {
            let [a, b, c] = split(&whole, first);
            // In any order, and in a folder.
            for parts in
                [[(NAMES[0], &a), (NAMES[1], &b), (NAMES[2], &c)], [(NAMES[2], &c), (NAMES[0], &a), (NAMES[1], &b)]]
            {
                assert!(is_same(&open(files(&parts)).unwrap(), &expected), "{name}");
            }
            let inner = NAMES.map(|name| format!("folder/{name}"));
            let parts = [(inner[1].as_str(), &b), (&inner[0], &a), (&inner[2], &c)];
            assert!(is_same(&open(files(&parts)).unwrap(), &expected), "{name}");
        }
    }
}

/// As another program writes them.
#[test]
fn parts_of_the_gguf_package_are_the_file_that_it_writes() {
    let at = |name: &str| open(open_path(&reference(name)).unwrap()).unwrap();
    let whole = at("gguf/formats.gguf");
    for number in 1..=3 {
        assert!(is_same(&at(&format!("gguf/split-0000{number}-of-00003.gguf")), &whole));
    }
}

#[test]
fn any_file_names_the_whole() {
    let (whole, _) = converted("llama_tied");
    let expected = open(files(&[("m.gguf", &whole)])).unwrap();
    let folder = std::env::temp_dir().join(format!("semgrad-parts-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, part) in NAMES.into_iter().zip(split(&whole, 2)) {
        std::fs::write(folder.join(name), part.finish()).unwrap();
    }
    for path in NAMES.map(|name| folder.join(name)).iter().chain([&folder]) {
        assert!(is_same(&open(open_path(path).unwrap()).unwrap(), &expected), "{}", path.display());
    }
    std::fs::remove_file(folder.join(NAMES[1])).unwrap();
    for path in [folder.join(NAMES[2]), folder.clone()] {
        let e = open(open_path(&path).unwrap()).err().unwrap();
        assert!(e.code == Code::BadInput && e.message.contains(NAMES[1]), "{e}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_part_that_is_missing_is_named() {
    let parts = split(&converted("llama_tied").0, 2);
    for missing in NAMES {
        let there: Vec<_> = NAMES.into_iter().zip(&parts).filter(|(name, _)| *name != missing).collect();
        let e = error(&there);
        assert!(e.code == Code::BadInput && e.message.contains(missing), "{e}");
        let e = error(&there[1..]);
        assert!(e.code == Code::BadInput && e.message.contains("is missing"), "{e}");
    }
    // Without a name that says it, and with one of another number of parts.
    let e = error(&[("blob", &parts[1])]);
    assert!(e.code == Code::BadInput && e.message.contains("3 files, and part 1 is missing"), "{e}");
    let e = error(&[("m-00002-of-00004.gguf", &parts[1])]);
    assert!(e.code == Code::CorruptWeights && e.message.contains("part 2 of 3"), "{e}");
}

#[test]
fn parts_that_do_not_belong_together_are_named() {
    let [llama, qwen] = ["llama_tied", "qwen3_untied"].map(|name| converted(name).0);
    let ([a, b, c], [_, other, _]) = (split(&llama, 2), split(&qwen, 2));
    let plain = Writer { tensors: b.tensors.clone(), ..Writer::default() };
    let with = |no, count, tensors| said(plain.clone(), no, count, tensors);
    let all = llama.tensors.len() as i32;
    let shared = [&a.tensors[..1], &b.tensors[1..]].concat();
    let [twice, lying] = [Writer { tensors: shared, ..b.clone() }, with(1, 3, all + 1)];
    for (second, third, named, part) in [
        // Exchanged, the same one twice, one of another model.
        (&c, &b, NAMES[1], "part 3 of 3"),
        (&b, &b, NAMES[2], "part 2 of 3"),
        (&other, &c, NAMES[1], "another model"),
        // What is no part, and what lies.
        (&plain, &c, NAMES[1], "which part"),
        (&with(3, 3, all), &c, NAMES[1], "which part"),
        (&with(1, 4, all), &c, NAMES[1], "another model"),
        (&with(1, u16::MAX, all), &c, NAMES[1], "65535 parts"),
        (&lying, &c, NAMES[1], "another model"),
        (&twice, &c, NAMES[1], "is in"),
    ] {
        let e = error(&[(NAMES[0], &a), (NAMES[1], second), (NAMES[2], third)]);
        assert!(e.code == Code::CorruptWeights && e.message.contains(named) && e.message.contains(part), "{part}: {e}");
    }
    let fewer = Writer { tensors: b.tensors[1..].to_vec(), ..b.clone() };
    let e = error(&[(NAMES[0], &a), (NAMES[1], &fewer), (NAMES[2], &c)]);
    assert!(e.code == Code::CorruptWeights && e.message.contains("tensors together"), "{e}");
    // A number beyond all sense allocates nothing.
    let huge =
        Writer::default().key("split.no", 10, &7_u64.to_le_bytes()).key("split.count", 10, &u64::MAX.to_le_bytes());
    let e = error(&[("m.gguf", &huge)]);
    assert!(e.code == Code::CorruptWeights && e.message.contains("parts"), "{e}");
}

#[test]
fn of_two_models_neither_is_guessed() {
    let parts = split(&converted("llama_tied").0, 2);
    let mut all: Vec<_> = NAMES.into_iter().zip(&parts).collect();
    all.push(("n.gguf", &parts[0]));
    let e = error(&all);
    assert!(e.code == Code::BadInput && e.message.contains("several"), "{e}");
    all[3].0 = "n-00001-of-00003.gguf";
    let e = error(&all);
    assert!(e.code == Code::BadInput && e.message.contains("several"), "{e}");
}
