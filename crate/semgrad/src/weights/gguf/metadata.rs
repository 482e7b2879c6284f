//! The key-value pairs of a GGUF header.

use super::reader::{Reader, corrupt};
use crate::error::{Error, Result};
use std::collections::HashMap;

/// Caps on what a value may claim; real files stay far below.
const MAX_KEY_BYTES: u64 = (1 << 16) - 1;
const MAX_STRING_BYTES: u64 = 1 << 24;
const MAX_ELEMENTS: u64 = 1 << 22;
const MAX_DEPTH: usize = 4;
/// Longer arrays are kept only when they belong to the tokenizer.
const SHORT_ARRAY: u64 = 1 << 12;
const MAX_ALIGNMENT: u64 = 1 << 20;

/// A value, integers and floats of all widths merged.
#[derive(Debug)]
pub(crate) enum Value {
    Integer(i128),
    Float(f64),
    Bool(bool),
    Text(String),
    /// Numbers and booleans; 32-bit values are exact.
    Numbers(Vec<f64>),
    Texts(Vec<String>),
}

/// Element types as GGUF numbers them.
#[derive(Copy, Clone, PartialEq)]
enum Kind {
    Unsigned(usize),
    Signed(usize),
    Float(usize),
    Bool,
    Text,
    Array,
}

impl Kind {
    fn new(id: u32) -> Result<Self> {
        Ok(match id {
            0 => Self::Unsigned(1),
            1 => Self::Signed(1),
            2 => Self::Unsigned(2),
            3 => Self::Signed(2),
            4 => Self::Unsigned(4),
            5 => Self::Signed(4),
            6 => Self::Float(4),
            7 => Self::Bool,
            8 => Self::Text,
            9 => Self::Array,
            10 => Self::Unsigned(8),
            11 => Self::Signed(8),
            12 => Self::Float(8),
            _ => return Err(corrupt(format!("a value has the unknown type {id}"))),
        })
    }

    /// Bytes of one element, the least possible for strings (a length) and arrays (a type and a length).
    fn least_bytes(self) -> usize {
        match self {
            Self::Unsigned(n) | Self::Signed(n) | Self::Float(n) => n,
            Self::Bool => 1,
            Self::Text => 8,
            Self::Array => 12,
        }
    }

    /// A scalar from its bytes, little-endian.
    fn scalar(self, bytes: &[u8]) -> Value {
        let mut wide = [0; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        let bits = u64::from_le_bytes(wide);
        match self {
            Self::Signed(n) => {
                let unused = 64 - 8 * n as u32;
                Value::Integer(i128::from((bits << unused) as i64 >> unused))
            }
            Self::Float(4) => Value::Float(f64::from(f32::from_bits(bits as u32))),
            Self::Float(_) => Value::Float(f64::from_bits(bits)),
            Self::Bool => Value::Bool(bits != 0),
            _ => Value::Integer(i128::from(bits)),
        }
    }
}

/// What a GGUF header says besides its tensors.
#[derive(Debug)]
pub(crate) struct Metadata {
    values: HashMap<String, Value>,
}

impl Metadata {
    /// Reads `count` pairs; the caller has bounded `count`.
    pub(super) async fn read(reader: &mut Reader, count: u64) -> Result<Self> {
        let mut values = HashMap::new();
        for _ in 0..count {
            let key = reader.string(MAX_KEY_BYTES).await?;
            let kind = Kind::new(reader.u32().await?)?;
            let value = match kind {
                Kind::Text => Some(Value::Text(reader.string(MAX_STRING_BYTES).await?)),
                Kind::Array => read_array(reader, &key).await?,
                _ => Some(kind.scalar(reader.bytes(kind.least_bytes()).await?)),
            };
            if let Some(value) = value
                && values.insert(key.clone(), value).is_some()
            {
                return Err(corrupt(format!("the key `{key}` occurs twice")));
            }
        }
        Ok(Self { values })
    }

    pub fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    pub fn text(&self, key: &str) -> Result<Option<&str>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(wrong_type(key, "a string")),
        }
    }

    pub fn unsigned(&self, key: &str) -> Result<Option<u64>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Integer(n)) => u64::try_from(*n).map(Some).map_err(|_| wrong_type(key, "a count")),
            Some(_) => Err(wrong_type(key, "an integer")),
        }
    }

    /// A token id; −1 and the like, written by some converters, mean none.
    pub fn token(&self, key: &str) -> Result<Option<u32>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Integer(n)) => Ok(u32::try_from(*n).ok().filter(|&id| id != u32::MAX)),
            Some(_) => Err(wrong_type(key, "an integer")),
        }
    }

    pub fn float(&self, key: &str) -> Result<Option<f64>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Float(x)) => Ok(Some(*x)),
            Some(Value::Integer(n)) => Ok(Some(*n as f64)),
            Some(_) => Err(wrong_type(key, "a number")),
        }
    }

    pub fn bool(&self, key: &str) -> Result<Option<bool>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Bool(b)) => Ok(Some(*b)),
            Some(_) => Err(wrong_type(key, "a boolean")),
        }
    }

    pub fn take_text(&mut self, key: &str) -> Result<Option<String>> {
        match self.values.remove(key) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(wrong_type(key, "a string")),
        }
    }

    pub fn take_numbers(&mut self, key: &str) -> Result<Vec<f64>> {
        match self.values.remove(key) {
            None => Ok(Vec::new()),
            Some(Value::Numbers(numbers)) => Ok(numbers),
            Some(_) => Err(wrong_type(key, "an array of numbers")),
        }
    }

    pub fn take_texts(&mut self, key: &str) -> Result<Vec<String>> {
        match self.values.remove(key) {
            None => Ok(Vec::new()),
            Some(Value::Texts(texts)) => Ok(texts),
            Some(_) => Err(wrong_type(key, "an array of strings")),
        }
    }

    /// What tensor offsets are multiples of.
    pub fn alignment(&self) -> Result<u64> {
        let alignment = self.unsigned("general.alignment")?.unwrap_or(32);
        if alignment.is_power_of_two() && alignment <= MAX_ALIGNMENT {
            Ok(alignment)
        } else {
            Err(corrupt(format!("`general.alignment` is {alignment}")))
        }
    }
}

pub(super) fn wrong_type(key: &str, wanted: &str) -> Error {
    corrupt(format!("the key `{key}` is not {wanted}"))
}

/// An array, or `None` for one that nobody reads: those are stepped over.
async fn read_array(reader: &mut Reader, key: &str) -> Result<Option<Value>> {
    let (kind, count) = array_head(reader, key).await?;
    let wanted = count <= SHORT_ARRAY || key.starts_with("tokenizer.ggml.");
    match kind {
        Kind::Array => {
            skip_nested(reader, key, count).await?;
            Ok(None)
        }
        Kind::Text if wanted => {
            let mut texts = Vec::new();
            for _ in 0..count {
                texts.push(reader.string(MAX_STRING_BYTES).await?);
            }
            Ok(Some(Value::Texts(texts)))
        }
        Kind::Text => {
            skip_texts(reader, count).await?;
            Ok(None)
        }
        _ if wanted => {
            let width = kind.least_bytes();
            let bytes = reader.bytes(count as usize * width).await?; // at most MAX_ELEMENTS · 8
            let number = |element: &[u8]| match kind.scalar(element) {
                Value::Integer(n) => n as f64,
                Value::Float(x) => x,
                Value::Bool(b) => f64::from(u8::from(b)),
                _ => 0.0, // `scalar` makes no other
            };
            Ok(Some(Value::Numbers(bytes.chunks_exact(width).map(number).collect())))
        }
        _ => {
            reader.skip(count * kind.least_bytes() as u64)?; // at most MAX_ELEMENTS · 8
            Ok(None)
        }
    }
}

/// Element type and count, the count bounded by the cap and the rest of the file.
async fn array_head(reader: &mut Reader, key: &str) -> Result<(Kind, u64)> {
    let kind = Kind::new(reader.u32().await?)?;
    let count = reader.u64().await?;
    if count > MAX_ELEMENTS.min(reader.remaining() / kind.least_bytes() as u64) {
        return Err(corrupt(format!("the array `{key}` claims {count} elements")));
    }
    Ok((kind, count))
}

async fn skip_texts(reader: &mut Reader, count: u64) -> Result<()> {
    for _ in 0..count {
        let length = reader.string_length(MAX_STRING_BYTES).await?;
        reader.skip(length as u64)?;
    }
    Ok(())
}

/// Steps over `count` arrays. No known key has nested arrays, but the format allows them; a stack of counts stands in
/// for recursion, which async functions do not have.
async fn skip_nested(reader: &mut Reader, key: &str, count: u64) -> Result<()> {
    let mut open = vec![count];
    while let Some(left) = open.last_mut() {
        if *left == 0 {
            open.pop();
            continue;
        }
        *left -= 1;
        let (kind, count) = array_head(reader, key).await?;
        match kind {
            Kind::Array if open.len() == MAX_DEPTH => {
                return Err(corrupt(format!("the array `{key}` is nested too deeply")));
            }
            Kind::Array => open.push(count),
            Kind::Text => skip_texts(reader, count).await?,
            _ => reader.skip(count * kind.least_bytes() as u64)?,
        }
    }
    Ok(())
}
