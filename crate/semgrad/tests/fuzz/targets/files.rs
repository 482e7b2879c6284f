//! Several files in one input: `== NAME`, a line end and the content, one after the other.
//!
//! The lengths that would hide everything behind them from the mutator are put in here: the content of a `.safetensors`
//! that begins with `{` is a header in one line, and the data follow. Data of `zeros N` are so many zeros.

use semgrad::weights::source::ModelFile;
use std::path::{Path, PathBuf};
use std::rc::Rc;

const MARK: &[u8] = b"\n== ";
/// Zeros that data may ask for: enough for every seed.
const ZEROS: usize = 1 << 19;

/// Names and contents of the files in an input; one without any is a single file named `alone`.
pub fn split(data: &[u8], alone: &str) -> Vec<(String, Vec<u8>)> {
    let Some(mut rest) = data.strip_prefix(&MARK[1..]) else { return vec![(alone.to_owned(), data.to_vec())] };
    let mut files = Vec::new();
    loop {
        let end = rest.windows(MARK.len()).position(|at| at == MARK);
        let part = &rest[..end.unwrap_or(rest.len())];
        let line = part.iter().position(|&byte| byte == b'\n').unwrap_or(part.len());
        let name = String::from_utf8_lossy(&part[..line]).into_owned();
        let content = part.get(line + 1..).unwrap_or_default();
        let content = if name.ends_with(".safetensors") { framed(content) } else { content.to_vec() };
        files.push((name, content));
        match end {
            Some(end) => rest = &rest[end + MARK.len()..],
            None => return files,
        }
    }
}

/// The other way.
pub fn join<N: AsRef<str>>(files: &[(N, Vec<u8>)]) -> Vec<u8> {
    let part = |(name, content): &(N, Vec<u8>)| [MARK, name.as_ref().as_bytes(), b"\n", content].concat();
    files.iter().flat_map(part).skip(1).collect()
}

fn framed(content: &[u8]) -> Vec<u8> {
    if !content.starts_with(b"{") {
        return content.to_vec();
    }
    let end = content.iter().position(|&byte| byte == b'\n').unwrap_or(content.len());
    let data = content.get(end + 1..).unwrap_or_default();
    let zeros = std::str::from_utf8(data).ok().and_then(|data| data.strip_prefix("zeros ")?.trim().parse().ok());
    let mut file = [&(end as u64).to_le_bytes(), &content[..end]].concat();
    match zeros {
        Some(count) => file.resize(file.len() + ZEROS.min(count), 0),
        None => file.extend(data),
    }
    file
}

/// Files as a model's or an adapter's are handed over.
pub fn model_files(data: &[u8], alone: &str) -> Vec<ModelFile> {
    let file = |(name, content)| ModelFile { name, source: Rc::new(content) };
    split(data, alone).into_iter().map(file).collect()
}

/// `tests/reference` at the top of the repository.
pub fn reference(path: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let top = here.ancestors().find(|folder| folder.join("tests/reference").is_dir());
    top.unwrap_or(here).join("tests/reference").join(path)
}

/// A reference file.
pub fn read(path: &str) -> Vec<u8> {
    let path = reference(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A reference file of safetensors as an input has it, with zeros for its data.
pub fn safetensors(path: &str) -> Vec<u8> {
    let file = read(path);
    let (length, rest) = file.split_first_chunk().unwrap();
    let header = u64::from_le_bytes(*length) as usize;
    let json: serde_json::Value = serde_json::from_slice(&rest[..header]).unwrap();
    format!("{json}\nzeros {}", rest.len() - header).into_bytes()
}

/// A JSON file without the spaces, and with at most so many members of every list.
pub fn json(bytes: &[u8], most: usize) -> Vec<u8> {
    fn prune(value: &mut serde_json::Value, most: usize) {
        match value {
            serde_json::Value::Array(all) => {
                all.truncate(most);
                all.iter_mut().for_each(|item| prune(item, most));
            }
            serde_json::Value::Object(all) => all.values_mut().for_each(|item| prune(item, most)),
            _ => {}
        }
    }
    let mut value = serde_json::from_slice(bytes).unwrap();
    prune(&mut value, most);
    value.to_string().into_bytes()
}
