//! Writes GGUF files, version 3.

use super::header::MAGIC;

/// What data and tensors are aligned to where a file does not say otherwise.
pub(crate) const ALIGNMENT: u64 = 32;

/// A GGUF file under construction.
#[derive(Clone, Default)]
pub(crate) struct Writer {
    pub(super) keys: Vec<Vec<u8>>,
    /// Entry up to the offset, and data.
    pub(super) tensors: Vec<(Vec<u8>, Vec<u8>)>,
}

/// A string with its length before it.
pub(super) fn string(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()
}

/// The first bytes of a file.
pub(super) fn header(version: u32, tensors: u64, keys: u64) -> Vec<u8> {
    [MAGIC, &version.to_le_bytes(), &tensors.to_le_bytes(), &keys.to_le_bytes()].concat()
}

impl Writer {
    /// Adds a key with a value of any type, by GGUF's number of it.
    pub fn key(mut self, name: &str, kind: u32, value: &[u8]) -> Self {
        self.keys.push([&string(name), kind.to_le_bytes().as_slice(), value].concat());
        self
    }

    /// An integer of 32 bits.
    pub fn count(self, name: &str, n: u32) -> Self {
        self.key(name, 4, &n.to_le_bytes())
    }

    /// A number in single precision.
    pub fn float(self, name: &str, x: f32) -> Self {
        self.key(name, 6, &x.to_le_bytes())
    }

    /// A text.
    pub fn text(self, name: &str, text: &str) -> Self {
        self.key(name, 8, &string(text))
    }

    /// A tensor of this shape, slowest dimension first, in the format that GGML numbers `kind`.
    pub fn tensor(mut self, name: &str, shape: &[usize], kind: u32, data: Vec<u8>) -> Self {
        let mut entry = [string(name), (shape.len() as u32).to_le_bytes().to_vec()].concat();
        shape.iter().rev().for_each(|&n| entry.extend((n as u64).to_le_bytes()));
        entry.extend(kind.to_le_bytes());
        self.tensors.push((entry, data));
        self
    }

    /// The whole file.
    pub fn finish(&self) -> Vec<u8> {
        let mut bytes = self.head(self.tensors.iter().map(|(_, data)| data.len() as u64));
        for (_, data) in &self.tensors {
            bytes.extend(data);
            bytes.resize(bytes.len().next_multiple_of(ALIGNMENT as usize), 0);
        }
        bytes
    }

    /// What stands before the tensors' data, each of which begins at a multiple of [`ALIGNMENT`], of these sizes.
    pub fn head(&self, sizes: impl Iterator<Item = u64>) -> Vec<u8> {
        let mut bytes = header(3, self.tensors.len() as u64, self.keys.len() as u64);
        bytes.extend(self.keys.concat());
        let mut offset = 0u64;
        for ((entry, _), size) in self.tensors.iter().zip(sizes) {
            bytes.extend(entry);
            bytes.extend(offset.to_le_bytes());
            offset += size.next_multiple_of(ALIGNMENT);
        }
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT as usize), 0);
        bytes
    }
}
