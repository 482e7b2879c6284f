//! Parts of a long answer: words, sentences and claims as byte ranges of its text, and the tokens that they cover.

pub mod claims;
pub mod sentences;
pub mod stop_words;
pub mod tokens;
pub mod words;
