//! A forward reader over a file of which only a prefix matters: chunks are fetched when they are reached.

use crate::error::{Code, Error, Result};
use crate::weights::source::{ReadAt, check_range};
use std::rc::Rc;

/// Bytes fetched at a time: a request to a browser file or server costs milliseconds whatever its size.
const CHUNK: u64 = 1 << 20;

/// The file contradicts itself.
pub(super) fn corrupt(message: impl Into<String>) -> Error {
    Error::new(Code::CorruptWeights, message, "The GGUF file is damaged: download it again.")
}

pub(super) struct Reader {
    source: Rc<dyn ReadAt>,
    buffer: Vec<u8>,
    /// File offset of `buffer[0]`.
    start: u64,
    /// File offset of the next byte to hand out; may lie past the buffer after a skip.
    position: u64,
}

impl Reader {
    pub fn new(source: Rc<dyn ReadAt>) -> Self {
        Self { source, buffer: Vec::new(), start: 0, position: 0 }
    }

    pub fn source(&self) -> Rc<dyn ReadAt> {
        self.source.clone()
    }

    pub fn size(&self) -> u64 {
        self.source.size()
    }

    pub fn position(&self) -> u64 {
        self.position
    }

    pub fn remaining(&self) -> u64 {
        self.size() - self.position
    }

    /// Moves on without reading.
    pub fn skip(&mut self, length: u64) -> Result<()> {
        check_range(self.position, length, self.size())?;
        self.position += length;
        Ok(())
    }

    /// The next `length` bytes; the caller has bounded `length`.
    pub async fn bytes(&mut self, length: usize) -> Result<&[u8]> {
        check_range(self.position, length as u64, self.size())?;
        let held = self.start + self.buffer.len() as u64;
        if self.position < self.start || self.position + length as u64 > held {
            let want = (length as u64).max(CHUNK).min(self.remaining()) as usize; // at most `length` or the chunk
            self.buffer = self.source.read_at(self.position, want).await?;
            self.start = self.position;
            if self.buffer.len() != want {
                return Err(Error::internal(format!("a read of {want} bytes returned {}", self.buffer.len())));
            }
        }
        let at = (self.position - self.start) as usize; // within the buffer
        self.position += length as u64;
        Ok(&self.buffer[at..at + length])
    }

    async fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.bytes(N).await?);
        Ok(out)
    }

    pub async fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array().await?))
    }

    pub async fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array().await?))
    }

    /// The length prefix of a string, checked against `most` and the rest of the file.
    pub async fn string_length(&mut self, most: u64) -> Result<usize> {
        let length = self.u64().await?;
        if length > most.min(self.remaining()) {
            return Err(corrupt(format!("a string claims {length} bytes at offset {}", self.position)));
        }
        Ok(length as usize) // at most `most`, which fits
    }

    /// A string of at most `most` bytes. Invalid UTF-8 is replaced: some vocabularies have it, and no key may.
    pub async fn string(&mut self, most: u64) -> Result<String> {
        let length = self.string_length(most).await?;
        Ok(String::from_utf8_lossy(self.bytes(length).await?).into_owned())
    }
}
