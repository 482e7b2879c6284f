//! Messages to a rendered prompt that remembers which characters came from the messages.
//!
//! Two things are wanted of a rendering: its exact text, and the places where message contents stand in it, because
//! control tokens count only outside of them. A template may trim, move or drop contents, so the places are found by
//! rendering a second time with invisible marks around the contents (inside their outer white space, which trimming
//! would otherwise leave alone). A template that looks at the contents may render marked ones differently; then the
//! contents are searched for. Whatever happens, control tokens in contents are broken by a mark from the beginning.

use super::clock::Date;
use super::encode::Encoder;
use super::template::{Template, Turn};
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::ops::Range;

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// `system`, `user`, `assistant`, …; what the template knows.
    pub role: String,
    /// The text. Control tokens in it stay text.
    pub content: String,
}

/// How a conversation becomes a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatOptions {
    /// End with the header of the assistant's turn.
    pub add_generation_prompt: bool,
    /// Takes the place of the system message; `None` leaves it to the messages and the template's default.
    pub system: Option<String>,
    /// The day that the template's clock shows, `YYYY-MM-DD`; `None` is 2025-01-01.
    pub date: Option<String>,
}

impl Default for ChatOptions {
    fn default() -> Self {
        Self { add_generation_prompt: true, system: None, date: None }
    }
}

/// A rendered conversation.
#[derive(Clone, Debug, Default)]
pub struct Rendered {
    /// The text, without marks.
    pub text: String,
    /// Byte ranges of message contents, in order.
    pub contents: Vec<Range<usize>>,
    /// Byte places inside control tokens that came from a message.
    pub broken: Vec<usize>,
    /// Byte place where the generation prompt begins; the end of the last content for a template that always writes it.
    pub header: Option<usize>,
}

impl Rendered {
    /// Renders `messages` with `template`.
    pub fn new(template: &Template, encoder: &Encoder, messages: &[Message], options: &ChatOptions) -> Result<Self> {
        let date = options.date.as_deref().map_or(Ok(Date::DEFAULT), Date::parse)?;
        let messages = with_system(messages, options.system.as_deref());
        let marks = Marks::new(template, &messages)?;
        let broken: Vec<Message> = messages.iter().map(|m| marks.break_controls(encoder, m)).collect();
        let render = |messages: &[Message], generation_prompt: bool| {
            let turns: Vec<_> = messages.iter().map(|m| Turn { role: &m.role, content: &m.content }).collect();
            template.render(&turns, generation_prompt, date)
        };

        let (text, places) = marks.strip_breaks(&render(&broken, options.add_generation_prompt)?);
        let marked: Vec<Message> = broken.iter().map(|m| marks.enclose(m)).collect();
        let contents = render(&marked, options.add_generation_prompt)
            .ok()
            .and_then(|marked| marks.places(&marked, &text))
            .map(|found| widen(&text, found, &messages))
            .unwrap_or_else(|| search(&text, &messages));

        let last = contents.last().map_or(0, |place| place.end);
        let header = options.add_generation_prompt.then(|| {
            let without = render(&broken, false).map(|text| marks.strip_breaks(&text).0).unwrap_or_default();
            let shared = text.bytes().zip(without.bytes()).take_while(|(a, b)| a == b).count();
            if shared == text.len() || shared < last { last } else { shared }
        });
        Ok(Self { text, contents, broken: places, header })
    }

    /// Whether a control token at `place` is the template's own.
    pub fn owns(&self, place: &Range<usize>) -> bool {
        !self.touches_content(place) && !self.broken.iter().any(|at| place.start < *at && *at < place.end)
    }

    /// Whether all of `place` came from one message.
    pub fn is_content(&self, place: &Range<usize>) -> bool {
        self.contents.iter().any(|content| content.start <= place.start && place.end <= content.end)
    }

    /// Whether any byte of `place` came from a message.
    pub fn touches_content(&self, place: &Range<usize>) -> bool {
        self.contents.iter().any(|content| content.start < place.end && place.start < content.end)
    }
}

/// `messages` with `system` as their system message.
fn with_system(messages: &[Message], system: Option<&str>) -> Vec<Message> {
    let mut messages = messages.to_vec();
    if let Some(content) = system {
        let system = Message { role: "system".into(), content: content.into() };
        match messages.first_mut() {
            Some(first) if first.role == "system" => *first = system,
            _ => messages.insert(0, system),
        }
    }
    messages
}

/// Three private-use characters that occur neither in the messages nor in the template.
struct Marks {
    broken: char,
    start: char,
    end: char,
}

impl Marks {
    fn new(template: &Template, messages: &[Message]) -> Result<Self> {
        let texts = messages.iter().flat_map(|m| [m.role.as_str(), m.content.as_str()]).chain([template.source()]);
        let private = |c: &char| matches!(*c, '\u{e000}'..='\u{f8ff}');
        let taken: HashSet<char> = texts.flat_map(str::chars).filter(private).collect();
        let mut free = ('\u{e000}'..='\u{f8ff}').filter(|c| !taken.contains(c));
        match (free.next(), free.next(), free.next()) {
            (Some(broken), Some(start), Some(end)) => Ok(Self { broken, start, end }),
            _ => Err(Error::new(
                Code::BadInput,
                "the messages use every private-use character of Unicode",
                "Remove characters between U+E000 and U+F8FF from the messages.",
            )),
        }
    }

    /// Puts a mark behind the first character of every control token.
    fn break_controls(&self, encoder: &Encoder, message: &Message) -> Message {
        let broken = |text: &str| {
            let mut out = String::with_capacity(text.len());
            for (at, c) in text.char_indices() {
                out.push(c);
                if encoder.added.control_at(text, at) {
                    out.push(self.broken);
                }
            }
            out
        };
        Message { role: broken(&message.role), content: broken(&message.content) }
    }

    /// Encloses what is left of the content after trimming.
    fn enclose(&self, message: &Message) -> Message {
        let (before, core, after) = trimmed(&message.content);
        let content = match core {
            "" => message.content.clone(),
            core => format!("{before}{}{core}{}{after}", self.start, self.end),
        };
        Message { role: message.role.clone(), content }
    }

    /// The text without the marks inside control tokens, and where they were.
    fn strip_breaks(&self, text: &str) -> (String, Vec<usize>) {
        let (mut out, mut places) = (String::with_capacity(text.len()), Vec::new());
        for c in text.chars() {
            if c == self.broken {
                places.push(out.len());
            } else {
                out.push(c);
            }
        }
        (out, places)
    }

    /// Where the enclosed contents stand in `text`. `None` when the marks changed the rendering or lost their partner.
    fn places(&self, marked: &str, text: &str) -> Option<Vec<Range<usize>>> {
        let (mut places, mut open, mut at) = (Vec::new(), None, 0);
        let mut expected = text.chars();
        for c in marked.chars().filter(|c| *c != self.broken) {
            if c == self.start {
                if open.replace(at).is_some() {
                    return None;
                }
            } else if c == self.end {
                places.push(open.take()?..at);
            } else {
                if expected.next() != Some(c) {
                    return None;
                }
                at += c.len_utf8();
            }
        }
        (open.is_none() && expected.next().is_none()).then_some(places)
    }
}

/// Outer white space and what is between.
fn trimmed(content: &str) -> (&str, &str, &str) {
    let core = content.trim();
    let (before, rest) = content.split_at(content.len() - content.trim_start().len());
    (before, core, &rest[core.len()..])
}

/// Gives the outer white space of a content back to it, where the template has kept it.
fn widen(text: &str, places: Vec<Range<usize>>, messages: &[Message]) -> Vec<Range<usize>> {
    let contents: Vec<_> =
        messages.iter().map(|m| trimmed(&m.content)).filter(|(_, core, _)| !core.is_empty()).collect();
    let in_order = places.len() == contents.len()
        && places.iter().zip(&contents).all(|(place, (_, core, _))| &text[place.clone()] == *core);
    if !in_order {
        return places;
    }
    let one = |(place, (before, _, after)): (Range<usize>, &(&str, &str, &str))| {
        let start = if text[..place.start].ends_with(before) { place.start - before.len() } else { place.start };
        let end = if text[place.end..].starts_with(after) { place.end + after.len() } else { place.end };
        start..end
    };
    places.into_iter().zip(&contents).map(one).collect()
}

/// The contents' places by looking for them one after the other.
fn search(text: &str, messages: &[Message]) -> Vec<Range<usize>> {
    let (mut places, mut from) = (Vec::new(), 0);
    for content in messages.iter().map(|m| m.content.trim()).filter(|content| !content.is_empty()) {
        if let Some(at) = text[from..].find(content) {
            places.push(from + at..from + at + content.len());
            from += at + content.len();
        }
    }
    places
}
