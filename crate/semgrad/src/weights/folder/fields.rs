//! Typed access to `config.json` and other small files.

use crate::error::{Code, Error, Result};
use serde_json::{Map, Value};

/// The file that errors name.
pub(in crate::weights) const FILE: &str = "config.json";

/// A file of the folder contradicts itself.
pub(crate) fn damaged(file: &str, what: &str) -> Error {
    Error::new(Code::CorruptWeights, format!("{file}: {what}"), "The file is damaged: download it again.")
}

/// The content of a file.
pub(crate) fn json(name: &str, bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes).map_err(|e| damaged(name, &format!("not valid JSON: {e}")))
}

/// Typed access to a JSON object; `null` counts as absent.
#[derive(Copy, Clone)]
pub(crate) struct Fields<'a> {
    /// What errors name.
    file: &'static str,
    map: &'a Map<String, Value>,
    renames: &'static [(&'static str, &'static str)],
}

impl<'a> Fields<'a> {
    /// The whole of [`FILE`].
    pub fn new(value: &'a Value) -> Result<Self> {
        Self::of(FILE, value)
    }

    /// The whole of a file.
    pub fn of(file: &'static str, value: &'a Value) -> Result<Self> {
        let map = value.as_object().ok_or_else(|| damaged(file, "it is not an object"))?;
        Ok(Self { file, map, renames: &[] })
    }

    /// The same under other names: (the one that is asked for, the one that the file has).
    pub fn renamed(self, renames: &'static [(&'static str, &'static str)]) -> Self {
        Self { renames, ..self }
    }

    /// What the file calls `key`.
    pub fn name(self, key: &str) -> &str {
        self.renames.iter().find(|(asked, _)| *asked == key).map_or(key, |(_, name)| name)
    }

    pub fn len(self) -> usize {
        self.map.len()
    }

    pub fn get(self, key: &str) -> Option<&'a Value> {
        self.map.get(self.name(key)).filter(|value| !value.is_null())
    }

    pub fn typed<T>(self, key: &str, wanted: &str, read: impl Fn(&'a Value) -> Option<T>) -> Result<Option<T>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| damaged(self.file, &format!("`{}` is not {wanted}", self.name(key))))
    }

    pub fn count(self, key: &str) -> Result<Option<usize>> {
        self.typed(key, "a count", |v| usize::try_from(v.as_u64()?).ok())
    }

    pub fn float(self, key: &str) -> Result<Option<f64>> {
        self.typed(key, "a number", Value::as_f64)
    }

    pub fn floats(self, key: &str) -> Result<Vec<f32>> {
        let numbers = self.typed(key, "a list of numbers", |v| {
            v.as_array()?.iter().map(|number| Some(number.as_f64()? as f32)).collect()
        })?;
        numbers.ok_or_else(|| damaged(self.file, &format!("the key `{}` is missing", self.name(key))))
    }

    /// Whether the key is there, with nothing.
    pub fn is_null(self, key: &str) -> bool {
        self.map.get(self.name(key)).is_some_and(Value::is_null)
    }

    pub fn bool(self, key: &str) -> Result<Option<bool>> {
        self.typed(key, "a boolean", Value::as_bool)
    }

    pub fn text(self, key: &str) -> Result<Option<&'a str>> {
        self.typed(key, "a string", Value::as_str)
    }

    pub fn object(self, key: &str) -> Result<Option<Self>> {
        self.typed(key, "an object", |v| Some(Self { map: v.as_object()?, ..self }))
    }

    pub fn required(self, key: &str, default: Option<usize>) -> Result<usize> {
        let missing = || damaged(self.file, &format!("the key `{}` is missing", self.name(key)));
        self.count(key)?.or(default).ok_or_else(missing)
    }
}
