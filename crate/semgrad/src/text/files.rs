//! The JSON files of a Hugging Face folder, and the added tokens that they put on top of `tokenizer.json`.

use super::source::TextSource;
use crate::error::{Code, Error, Result};
use serde_json::Value;
use tokenizers::{AddedToken, Tokenizer};

/// Names of special tokens in `tokenizer_config.json` and `special_tokens_map.json`.
const NAMED: [&str; 7] = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

/// Maps from names that only this model has to special tokens; a list under the same key has no names.
const OWN_NAMES: [&str; 2] = ["extra_special_tokens", "model_specific_special_tokens"];

/// The JSON files; `null` where one is missing.
pub struct Files {
    /// `tokenizer_config.json`
    pub tokenizer: Value,
    /// `special_tokens_map.json`
    pub special: Value,
    /// `generation_config.json`
    pub generation: Value,
    /// `config.json`
    pub config: Value,
    /// `added_tokens.json`
    pub added: Value,
}

impl Files {
    /// Reads those that `source` has.
    pub fn read(source: &TextSource) -> Result<Self> {
        Ok(Self {
            tokenizer: json("tokenizer_config.json", source.tokenizer_config_json.as_deref())?,
            special: json("special_tokens_map.json", source.special_tokens_map_json.as_deref())?,
            generation: json("generation_config.json", source.generation_config_json.as_deref())?,
            config: json("config.json", source.config_json.as_deref())?,
            added: json("added_tokens.json", source.added_tokens_json.as_deref())?,
        })
    }

    /// A special token's text: a string, or an object with `content`.
    pub fn token(&self, key: &str) -> Option<&str> {
        [&self.tokenizer, &self.special].into_iter().find_map(|file| content(file.get(key)?))
    }

    /// The named special tokens with their texts, the model's own names included: what a template may call by name.
    pub fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        let usual = NAMED.iter().filter_map(|key| Some((*key, self.token(key)?)));
        let own = OWN_NAMES.iter().flat_map(|key| {
            let maps = [&self.tokenizer, &self.special].map(|file| file.get(*key).and_then(Value::as_object));
            maps.into_iter().flatten().flatten().filter_map(|(name, entry)| Some((name.as_str(), content(entry)?)))
        });
        usual.chain(own)
    }

    /// Adds the tokens that stand beside `tokenizer.json`, as transformers does when it loads a folder: those of
    /// `added_tokens_decoder` (without one, of `added_tokens.json`) in the order of their ids, then the named special
    /// tokens that are still missing. The library numbers them; where that is not the file's number, a warning says so.
    pub fn add_tokens(&self, tokenizer: &mut Tokenizer, warnings: &mut Vec<String>) -> Result<()> {
        let mut special: Vec<AddedToken> = Vec::new();
        let named = NAMED.iter().filter_map(|key| {
            let entries =
                [&self.tokenizer, &self.special].map(|file| file.get(*key).and_then(|entry| token(entry, true)));
            entries.into_iter().flatten().next()
        });
        special.extend(named);
        for key in ["additional_special_tokens"].iter().chain(&OWN_NAMES) {
            for file in [&self.tokenizer, &self.special] {
                let entries: Vec<&Value> = match file.get(*key) {
                    Some(Value::Array(list)) => list.iter().collect(),
                    Some(Value::Object(map)) => map.values().collect(),
                    _ => Vec::new(),
                };
                special.extend(entries.into_iter().filter_map(|entry| token(entry, true)));
            }
        }

        let is_special = |content: &str| special.iter().any(|token| token.content == content);
        let mut numbered: Vec<(u32, AddedToken)> = match self.tokenizer.get("added_tokens_decoder") {
            Some(Value::Object(entries)) => {
                let one = |(id, entry): (&String, &Value)| {
                    let mut token = token(entry, false)?;
                    token.special |= is_special(&token.content);
                    Some((id.parse().ok()?, token))
                };
                entries.iter().map(one).collect::<Option<_>>().ok_or_else(|| broken("tokenizer_config.json"))?
            }
            _ => {
                let entries = self.added.as_object().into_iter().flatten();
                let one = |(content, id): (&String, &Value)| {
                    let id = u32::try_from(id.as_u64()?).ok()?;
                    Some((id, AddedToken::from(content.as_str(), is_special(content))))
                };
                // What tokenizer.json says about a token counts.
                let known = tokenizer.get_added_vocabulary().get_vocab();
                let mut listed: Vec<_> =
                    entries.map(one).collect::<Option<_>>().ok_or_else(|| broken("added_tokens.json"))?;
                listed.retain(|(_, token)| !known.contains_key(&token.content));
                listed
            }
        };
        numbered.sort_by_key(|(id, _)| *id);
        let refused = |e: tokenizers::Error| {
            Error::new(
                Code::CorruptWeights,
                format!("the added tokens of the folder contradict each other: {e}"),
                "Download the tokenizer's files again; all must belong to the same model.",
            )
        };
        tokenizer.add_tokens(numbered.iter().map(|(_, token)| token.clone())).map_err(refused)?;
        self.add_missing(tokenizer, &special, warnings).map_err(refused)?;
        check_ids(tokenizer, numbered.iter().map(|(id, token)| (*id, token.content.as_str())), warnings);
        Ok(())
    }

    /// Adds the named special tokens that no list has. One for which the model has no row (its padding, mostly) counts as
    /// absent.
    fn add_missing(
        &self,
        tokenizer: &mut Tokenizer,
        special: &[AddedToken],
        warnings: &mut Vec<String>,
    ) -> tokenizers::Result<()> {
        let rows = |config: &Value| config.get("vocab_size").and_then(Value::as_u64);
        let rows = rows(&self.config).or_else(|| rows(self.config.get("text_config")?)).unwrap_or(u64::MAX);
        // One that is named twice is added twice, and the second has the say: so it is in transformers.
        let known = tokenizer.get_added_vocabulary().get_vocab();
        let missing: Vec<_> =
            special.iter().filter(|token| !token.content.is_empty() && !known.contains_key(&token.content)).collect();
        for token in missing {
            if tokenizer.token_to_id(&token.content).is_some() || (tokenizer.get_vocab_size(true) as u64) < rows {
                tokenizer.add_tokens([token.clone()])?;
            } else if let Some(key) =
                ["bos_token", "eos_token"].into_iter().find(|key| self.token(key) == Some(&token.content))
            {
                warnings.push(format!(
                    "{key} of the tokenizer's files is `{}`, which is outside the vocabulary: it counts as absent, and \
                     prompts or the end of answers may be wrong",
                    token.content
                ));
            }
        }
        Ok(())
    }
}

/// Warns where the library gave an added token another id than the file did.
pub fn check_ids<'a>(tokenizer: &Tokenizer, tokens: impl Iterator<Item = (u32, &'a str)>, warnings: &mut Vec<String>) {
    let other = |(id, token): (u32, &'a str)| {
        let got = tokenizer.token_to_id(token).filter(|got| *got != id)?;
        Some((id, token, got))
    };
    let wrong: Vec<_> = tokens.filter_map(other).collect();
    if let Some((id, token, got)) = wrong.first() {
        let more = if wrong.len() > 1 { format!(" (and {} more like it)", wrong.len() - 1) } else { String::new() };
        warnings.push(format!(
            "the tokenizer's files give the token `{token}` the id {id}, and with the rest of them it gets {got}{more}: \
             prompts with it may be wrong"
        ));
    }
}

/// The text of a token that is given as a string or as an object.
fn content(entry: &Value) -> Option<&str> {
    entry.as_str().or_else(|| entry.get("content")?.as_str())
}

/// An added token from its entry; flags that are not given are those of the library.
fn token(entry: &Value, special: bool) -> Option<AddedToken> {
    let flag = |key: &str| entry.get(key).and_then(Value::as_bool);
    let special = special || flag("special").unwrap_or(false);
    let token = AddedToken::from(content(entry)?, special);
    let normalized = flag("normalized").unwrap_or(token.normalized);
    let token = token.normalized(normalized).single_word(flag("single_word").unwrap_or(false));
    Some(token.lstrip(flag("lstrip").unwrap_or(false)).rstrip(flag("rstrip").unwrap_or(false)))
}

fn broken(file: &str) -> Error {
    Error::new(
        Code::CorruptWeights,
        format!("{file} has an added token without an id or without its text"),
        "Download the file again.",
    )
}

fn json(name: &str, bytes: Option<&[u8]>) -> Result<Value> {
    bytes.map_or(Ok(Value::Null), |bytes| {
        serde_json::from_slice(bytes).map_err(|e| {
            Error::new(Code::CorruptWeights, format!("{name} is not valid JSON: {e}"), "Download the file again.")
        })
    })
}
