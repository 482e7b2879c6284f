//! Models named as people name them on a hub: which of a repository's files are the model, and what is there instead. Nothing
//! is fetched here: whoever calls brings the list of files.

mod candidate;
mod choose;
mod instead;
mod label;
mod listed;
mod room;

pub use choose::{Choice, Kind, choose};
pub use listed::{
    ADAPTER, ADAPTER_CONFIG, CONFIG, INDEX, Listed, Repository, TOKENIZER, TOKENIZER_LISTS, WEIGHTS, Wanted, parts_of,
};
pub use room::{room, size};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
