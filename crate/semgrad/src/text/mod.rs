//! Text to ids and back: tokenizer, chat template, special tokens.
//!
//! A tokenizer comes from `tokenizer.json`, or is built from a GGUF vocabulary or from `vocab.json` and `merges.txt`; all run
//! through the `tokenizers` crate.
//! A conversation is rendered by the model's own chat template and encoded in one go, so that ids equal those of
//! Hugging Face; only the template's control tokens count, never those that a message spells out. There is no
//! tool-calling and no image input here.

mod added;
mod chat;
mod chosen;
mod clock;
mod cuts;
mod encode;
mod files;
mod gguf;
mod jinja;
mod json;
mod lists;
mod marks;
mod pieces;
mod pipeline;
mod pre;
pub mod source;
mod special;
mod stages;
mod stream;
mod template;
#[cfg(test)]
mod tests;

pub use chat::{ChatOptions, Message};
pub use pieces::{Input, Pieces};
pub use source::{GgufVocab, TextSource};
pub use stream::Stream;

use crate::error::{Code, Error, Result};
use added::Reading;
use chat::Rendered;
use encode::{Encoder, Placed};
use files::Files;
use special::Special;
use template::Template;

/// A prompt as the model sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// Token ids.
    pub ids: Vec<u32>,
    /// The text that was encoded.
    pub text: String,
    /// Index of the first token that the template adds after the last turn (`<|im_start|>` before `assistant`, say).
    /// `None` without a template or without a generation prompt.
    pub header: Option<usize>,
    /// Per token: it stands for text of a message (at least in part), not of the template.
    pub from_content: Vec<bool>,
    /// Why this prompt may not be what the model was trained on, beside [`Text::warnings`].
    pub warnings: Vec<String>,
}

/// The text side of a model.
#[derive(Clone)]
pub struct Text {
    encoder: Encoder,
    special: Special,
    /// A template that does not compile is an error when it is used, not when the model is loaded: ids still work.
    template: Option<Result<Template>>,
    end_of_turn: Option<u32>,
    warnings: Vec<String>,
}

impl Text {
    /// Builds tokenizer and template. `None` when the source has no tokenizer at all: then ids go in and ids come out.
    ///
    /// Errors: `unsupported_format` for a tokenizer that is not implemented, `corrupt_weights` for one that contradicts
    /// itself, `missing_tokenizer` for half of one.
    pub fn new(source: &TextSource) -> Result<Option<Self>> {
        let (files, mut warnings) = (Files::read(source)?, Vec::new());
        let tokenizer = match (&source.tokenizer_json, &source.gguf) {
            (Some(bytes), _) => {
                let mut tokenizer = json::build(bytes, &mut warnings)?;
                files.add_tokens(&mut tokenizer, &mut warnings)?;
                Some(tokenizer)
            }
            (None, Some(vocab)) => gguf::build(vocab, &mut warnings)?,
            (None, None) => match (&source.vocab_json, &source.merges_txt) {
                (Some(vocab), Some(merges)) => Some(lists::build(vocab, merges, &files, &mut warnings)?),
                (None, None) => None,
                (vocab, _) => return Err(lists::incomplete(vocab.is_some())),
            },
        };
        let Some(tokenizer) = tokenizer else { return Ok(None) };
        let special = Special::new(source, &files, &tokenizer, &mut warnings)?;
        let compile =
            |text: &Result<String>| Template::new(text.as_ref().map_err(Clone::clone)?, special.variables.clone());
        let template = special.template.as_ref().map(compile);
        let mut text = Self { encoder: Encoder::new(tokenizer)?, special, template, end_of_turn: None, warnings };
        text.end_of_turn = text.closing_token().or(text.special.eot).or(text.special.eos);
        if let Some(id) = text.end_of_turn.filter(|id| !text.special.stops.contains(id)) {
            text.special.stops.push(id);
        }
        Ok(Some(text))
    }

    /// Whether messages can be rendered.
    pub fn has_template(&self) -> bool {
        self.template.is_some()
    }

    /// SHA-256 of the chat template's text, in hexadecimal.
    pub fn template_hash(&self) -> Option<String> {
        let text = self.special.template.as_ref()?.as_ref().ok()?;
        Some(template::hash(text))
    }

    /// What was found when the files were read that may make any prompt wrong.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Renders a conversation with the chat template and encodes it.
    ///
    /// Errors: `bad_template` when there is no template, when it does not render or when it refuses the messages;
    /// `bad_input` for a date that is none.
    pub fn encode_chat(&self, messages: &[Message], options: &ChatOptions) -> Result<Prompt> {
        let (rendered, tokens) = self.render(messages, options)?;
        let from_content: Vec<bool> = tokens.iter().map(|(_, place)| rendered.touches_content(place)).collect();
        let header = rendered
            .header
            .and_then(|at| (0..tokens.len()).find(|&index| tokens[index].1.end > at && !from_content[index]));
        let mut warnings = self.spelled_marks(&rendered, &tokens);
        warnings.extend(self.lost(&rendered.text)?);
        let ids = tokens.into_iter().map(|(id, _)| id).collect();
        let warnings = [rendered.warnings, warnings].concat();
        let mut prompt = Prompt { ids, text: rendered.text, header, from_content, warnings };
        if self.special.always_bos {
            self.begin(&mut prompt);
        }
        Ok(prompt)
    }

    /// Encodes plain text: control tokens in it stay text, none is added.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        Ok(self.encoder.encode_plain(text)?.into_iter().map(|(id, _)| id).collect())
    }

    /// A warning when the tokenizer has no tokens for some characters of `text`, and loses them.
    pub fn lost(&self, text: &str) -> Result<Option<String>> {
        self.encoder.lost(text)
    }

    /// A prompt for a model without a template: the beginning-of-text token if the tokenizer wants one, then plain text.
    pub fn encode_base(&self, text: &str) -> Result<Prompt> {
        let ids = self.encode(text)?;
        let from_content = vec![true; ids.len()];
        let warnings = self.lost(text)?.into_iter().collect();
        let mut prompt = Prompt { ids, text: text.to_owned(), header: None, from_content, warnings };
        if self.special.add_bos {
            self.begin(&mut prompt);
        }
        Ok(prompt)
    }

    /// The text of `ids`, without control tokens if `skip_special`. Ids outside the vocabulary give nothing.
    pub fn decode(&self, ids: &[u32], skip_special: bool) -> Result<String> {
        let tokenizer = &self.encoder.tokenizer;
        tokenizer.decode(ids, skip_special).map_err(|e| Error::internal(format!("the tokens do not decode: {e}")))
    }

    /// One token for display; bytes that are no whole character show as U+FFFD. `None` outside the vocabulary.
    pub fn token(&self, id: u32) -> Option<String> {
        let token = self.encoder.tokenizer.id_to_token(id)?;
        if token.contains(gguf::SPACE) {
            // Decoders drop the space of a text's first token; byte-level vocabularies do not contain this character.
            return Some(token.replace(gguf::SPACE, " "));
        }
        Some(self.decode(&[id], false).unwrap_or(token))
    }

    /// Tokens at which generation stops.
    pub fn stop_ids(&self) -> &[u32] {
        &self.special.stops
    }

    /// The token with which the template ends an assistant's turn; a given answer gets it appended.
    pub fn end_of_turn(&self) -> Option<u32> {
        self.end_of_turn
    }

    /// An incremental detokenizer.
    pub fn stream(&self) -> Stream {
        Stream::new(self.encoder.tokenizer.clone())
    }

    /// The texts of `ids` one by one, as they become readable.
    ///
    /// # Errors
    /// As [`Stream::push`].
    pub fn pieces(&self, ids: &[u32]) -> Result<Vec<String>> {
        let mut stream = self.stream();
        let mut pieces = ids.iter().map(|&id| stream.push(id)).collect::<Result<Vec<_>>>()?;
        let rest = stream.finish()?;
        if let Some(last) = pieces.last_mut() {
            last.push_str(&rest);
        }
        Ok(pieces)
    }

    fn render(&self, messages: &[Message], options: &ChatOptions) -> Result<(Rendered, Vec<Placed>)> {
        let template = self.template.as_ref().ok_or_else(|| {
            Error::new(
                Code::BadTemplate,
                "the model has no chat template",
                "Use a chat model, or give a plain prompt for a base model.",
            )
        })?;
        let rendered = Rendered::new(template.as_ref().map_err(Clone::clone)?, &self.encoder, messages, options)?;
        let read = |place: std::ops::Range<usize>, added: &added::Added| {
            if !added.control || rendered.owns(&place) {
                Reading::Token
            } else if rendered.is_content(&place) || !rendered.touches_content(&place) {
                Reading::Text
            } else {
                Reading::Accident
            }
        };
        let tokens = self.encoder.encode(&rendered.text, read)?;
        Ok((rendered, tokens))
    }

    /// A warning when the template writes what looks like a control token and is no token: the model then sees its
    /// characters, which is right only where it was trained so.
    fn spelled_marks(&self, rendered: &Rendered, tokens: &[Placed]) -> Vec<String> {
        let whole = |place: &std::ops::Range<usize>| {
            let first = tokens.partition_point(|(_, token)| token.end <= place.start);
            tokens.get(first).is_some_and(|(id, token)| token.end >= place.end && self.encoder.added.contains(*id))
        };
        let own = marks::spelled(&rendered.text).filter(|place| rendered.owns(place) && !whole(place));
        let mut spellings: Vec<&str> = Vec::new();
        for place in own {
            let spelling = &rendered.text[place];
            if !spellings.contains(&spelling) {
                spellings.push(spelling);
            }
        }
        let quoted: Vec<_> = spellings.iter().map(|spelling| format!("`{spelling}`")).collect();
        let warning = format!(
            "the chat template writes {}, which the tokenizer does not have as a control token: it is spelled in pieces, \
             and the prompt is wrong unless the model was trained that way",
            quoted.join(", ")
        );
        if quoted.is_empty() { Vec::new() } else { vec![warning] }
    }

    /// The first control token that the template writes after an assistant's answer.
    fn closing_token(&self) -> Option<u32> {
        let message = |role: &str, content: &str| Message { role: role.into(), content: content.into() };
        let turns = [message("user", "Question?"), message("assistant", "Answer.")];
        let options = ChatOptions { add_generation_prompt: false, ..ChatOptions::default() };
        let (rendered, tokens) = self.render(&turns, &options).ok()?;
        let answer = rendered.contents.last()?.end;
        let after = tokens.into_iter().filter(|(_, place)| place.start >= answer);
        after.map(|(id, _)| id).find(|id| self.encoder.added.is_control(*id))
    }

    /// Puts the beginning-of-text token in front, unless it is there.
    fn begin(&self, prompt: &mut Prompt) {
        let Some(bos) = self.special.bos.filter(|bos| prompt.ids.first() != Some(bos)) else { return };
        prompt.ids.insert(0, bos);
        prompt.from_content.insert(0, false);
        prompt.header = prompt.header.map(|index| index + 1);
        if let Some(text) = self.encoder.tokenizer.id_to_token(bos) {
            prompt.text.insert_str(0, &text);
        }
    }
}
