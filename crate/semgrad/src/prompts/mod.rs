//! What the language model itself is asked while evidence is gathered, and how its replies are read. The wording is
//! ours; each file names the paper whose question it asks. Texts are user messages: the chat template goes around them,
//! and what they quote is encoded as plain text.

pub mod claims;
pub mod correct;
pub mod demonstrations;
pub mod entailment;
pub mod iterate;
mod list;
pub mod paraphrase;
pub mod truth;
