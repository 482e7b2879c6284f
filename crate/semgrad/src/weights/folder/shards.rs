//! Weights in several files, and the index that says which tensor is taken from which of them.

use super::fields::{damaged, json};
use super::files::Folder;
use super::safetensors;
use crate::error::{Code, Error, Result};
use crate::weights::tensors::Stored;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// Shards of one model; real ones have some tens.
const MAX_SHARDS: usize = 1 << 10;

/// The tensors of all files that the index (`name`, its text `bytes`) names.
///
/// The index decides: a tensor that it takes from one file is not read from another (an overlay replaces tensors of the
/// files before it that way). One that it does not list must stand in one file alone.
pub(super) async fn read(folder: &Folder<'_>, name: &str, bytes: &[u8]) -> Result<HashMap<String, Stored>> {
    let places = places(name, &json(name, bytes)?)?;
    let shards: BTreeSet<&String> = places.values().collect();
    if shards.len() > MAX_SHARDS {
        return Err(damaged(name, &format!("it names more than {MAX_SHARDS} files")));
    }
    let (mut tensors, mut elsewhere): (HashMap<String, Stored>, _) = (HashMap::new(), Vec::new());
    for shard in shards {
        let Some(file) = folder.get(shard) else {
            return Err(Error::new(
                Code::BadInput,
                format!("{name} names `{shard}`, which is not among the model's files"),
                "Give all files of the model's folder.",
            ));
        };
        for (tensor, stored) in safetensors::header(file).await?.tensors {
            match places.get(&tensor) {
                Some(place) if place != shard => elsewhere.push((tensor, stored)),
                _ => {
                    if let Some(other) = tensors.get_mut(&tensor) {
                        let what = format!("it does not say which file `{tensor}` is taken from: several hold it");
                        other.format = Err(damaged(name, &what));
                        continue;
                    }
                    tensors.insert(tensor, stored);
                }
            }
        }
    }
    for (tensor, mut stored) in elsewhere {
        if let Some(place) = places.get(&tensor).filter(|_| !tensors.contains_key(&tensor)) {
            stored.format = Err(damaged(name, &format!("it takes `{tensor}` from `{place}`, which does not hold it")));
            tensors.insert(tensor, stored);
        }
    }
    Ok(tensors)
}

/// `weight_map`: the file of each tensor.
fn places(name: &str, index: &Value) -> Result<HashMap<String, String>> {
    let map = index.get("weight_map").and_then(Value::as_object);
    let map = map.ok_or_else(|| damaged(name, "there is no `weight_map`"))?;
    let place = |(tensor, file): (&String, &Value)| match file.as_str() {
        Some(file) => Ok((tensor.clone(), file.to_owned())),
        None => Err(damaged(name, &format!("the file of `{tensor}` is not a string"))),
    };
    map.iter().map(place).collect()
}
