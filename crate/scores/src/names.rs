//! Names that nobody knows: refused wherever somebody asks for something, because `sampels: 10` would otherwise draw no
//! samples and say nothing.

use crate::error::{Code, Error, Result};
use serde::de::{Deserialize, Deserializer, Error as _, Visitor, value};
use serde_json::Value;

/// Characters of a name that are shown and compared: no known one is longer.
const SHOWN: usize = 40;

/// A value with named parts, of JSON or of JavaScript.
pub trait Named: Sized {
    /// Names of an object's fields; none of anything else.
    fn names(&self) -> Vec<String>;
    /// A field of an object, where it is there.
    fn field(&self, name: &str) -> Option<Self>;
    /// What a list holds; nothing of anything else.
    fn items(&self) -> Vec<Self>;
}

impl Named for &Value {
    fn names(&self) -> Vec<String> {
        self.as_object().into_iter().flat_map(|object| object.keys().cloned()).collect()
    }

    fn field(&self, name: &str) -> Option<Self> {
        self.get(name)
    }

    fn items(&self) -> Vec<Self> {
        self.as_array().into_iter().flatten().collect()
    }
}

/// Whether all fields of `value` are `known`; `part` says what the value is a part of, or nothing of the whole.
///
/// # Errors
/// `bad_input` with the first that is not, and what it may have meant.
pub fn check(value: &impl Named, known: &[&str], part: &str) -> Result<()> {
    match value.names().into_iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(unknown(&name, known, part)),
        None => Ok(()),
    }
}

fn unknown(name: &str, known: &[&str], part: &str) -> Error {
    let shown: String = name.chars().take(SHOWN).collect();
    let of = if part.is_empty() { String::new() } else { format!(" of {part}") };
    let near = known.iter().map(|other| (distance(&shown, other), other)).min();
    // One letter, and one more of every five: two of `sampels` or `maxTokens`, but not two of `temp`.
    let is_near = |letters: usize| letters <= 1 + shown.chars().count() / 5;
    match near.filter(|(letters, _)| is_near(*letters)) {
        Some((_, near)) => Error::new(
            Code::BadInput,
            format!("unknown field {shown:?}{of}; did you mean {near:?}?"),
            "Correct the name, or leave the field out.",
        ),
        None => Error::new(
            Code::BadInput,
            format!("unknown field {shown:?}{of}."),
            format!("Leave it out; there are {}.", known.join(", ")),
        ),
    }
}

/// Letters to add, to drop or to exchange to make one text of the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    // By how much of `to`, from what was read of `from`.
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (read, letter) in from.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], read + 1);
        for (i, other) in to.iter().enumerate() {
            let exchanged = corner + usize::from(letter != *other);
            corner = row[i + 1];
            row[i + 1] = exchanged.min(corner + 1).min(row[i] + 1);
        }
    }
    row[to.len()]
}

/// The names of a type's fields, from what serde made of it: there is no second list.
pub fn fields<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    // It ends with an error as soon as the type has named them.
    let _ = T::deserialize(Asked(&mut names));
    names
}

/// Gives a type nothing to read, and keeps what it asks for.
struct Asked<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = value::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> std::result::Result<V::Value, value::Error> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> std::result::Result<V::Value, value::Error> {
        Err(value::Error::custom("nothing is read"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn distances_are_those_of_levenshtein() {
        for (from, to, want) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("sampels", "samples", 2),
            ("é", "e", 1),
        ] {
            assert_eq!((distance(from, to), distance(to, from)), (want, want), "{from} {to}");
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest_or_with_all() {
        let known = ["samples", "max_tokens", "seed"];
        let said = |value: Value, part: &str| check(&&value, &known, part).unwrap_err();
        assert_eq!(check(&&json!({"samples": 1, "seed": null}), &known, ""), Ok(()));
        for list in [json!([1]), json!("text"), json!(null)] {
            assert_eq!(check(&&list, &known, ""), Ok(()), "what has no fields is for others to refuse");
        }
        let near = said(json!({"seed": 1, "sampels": 5}), "");
        assert_eq!(
            (near.code, &*near.message),
            (Code::BadInput, r#"unknown field "sampels"; did you mean "samples"?"#)
        );
        assert!(said(json!({"maxTokens": 5}), "").message.ends_with(r#"did you mean "max_tokens"?"#));
        let far = said(json!({"temp": 5}), "risk");
        assert_eq!(
            (&*far.message, &*far.advice),
            (r#"unknown field "temp" of risk."#, "Leave it out; there are samples, max_tokens, seed.",)
        );
        // What nobody could have typed is not shown whole.
        assert!(said(json!({"x".repeat(1 << 20): 5}), "").message.len() < 100);
    }

    #[test]
    fn a_type_says_its_names() {
        #[derive(serde::Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        #[derive(Default)]
        #[allow(dead_code, reason = "only its names are read")]
        struct Named {
            first_name: u8,
            other: Option<String>,
        }
        assert_eq!(fields::<Named>(), ["firstName", "other"]);
        assert_eq!((fields::<Vec<u8>>().len(), fields::<String>().len()), (0, 0));
    }
}
