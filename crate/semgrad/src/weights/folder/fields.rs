//! Typed access to `config.json`.

use super::damaged;
use crate::error::Result;
use serde_json::{Map, Value};

/// The file that errors name.
pub(in crate::weights) const FILE: &str = "config.json";

/// Typed access to a JSON object; `null` counts as absent.
#[derive(Copy, Clone)]
pub(in crate::weights) struct Fields<'a>(pub &'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub fn get(self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    pub fn typed<T>(self, key: &str, wanted: &str, read: impl Fn(&'a Value) -> Option<T>) -> Result<Option<T>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| damaged(FILE, &format!("`{key}` is not {wanted}")))
    }

    pub fn count(self, key: &str) -> Result<Option<usize>> {
        self.typed(key, "a count", |v| usize::try_from(v.as_u64()?).ok())
    }

    pub fn float(self, key: &str) -> Result<Option<f64>> {
        self.typed(key, "a number", Value::as_f64)
    }

    pub fn bool(self, key: &str) -> Result<Option<bool>> {
        self.typed(key, "a boolean", Value::as_bool)
    }

    pub fn text(self, key: &str) -> Result<Option<&'a str>> {
        self.typed(key, "a string", Value::as_str)
    }

    pub fn object(self, key: &str) -> Result<Option<Self>> {
        self.typed(key, "an object", |v| v.as_object().map(Self))
    }

    pub fn required(self, key: &str, default: Option<usize>) -> Result<usize> {
        self.count(key)?.or(default).ok_or_else(|| damaged(FILE, &format!("the key `{key}` is missing")))
    }
}
