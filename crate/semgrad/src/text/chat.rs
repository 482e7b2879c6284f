//! Messages to a rendered prompt that remembers which characters came from the messages.
//!
//! Two things are wanted of a rendering: its exact text, and the places where message contents stand in it, because
//! control tokens count only outside of them. A template may trim, move, split or drop contents, so the places are
//! found by rendering again with invisible marks: around each content (inside its outer white space) and around each
//! control token that a content spells. Text methods do not notice the marks (`jinja::marked`), so that a template
//! which takes `<think>…</think>` out of an old answer takes it out of the marked one as well. A template that looks at
//! contents in another way may render marked ones differently; then contents are searched for, and control tokens in
//! them are broken by a mark inside, which is always safe and may change what the template does: that is a warning. Where
//! it does, everything is broken that could become a part of a control token.

use super::clock::Date;
use super::encode::Encoder;
use super::template::{Template, Turn};
use crate::error::{Code, Error, Result};
pub use semgrad_scores::record::Message;
use std::collections::HashSet;
use std::ops::Range;

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
    /// The contents were searched for: a range may be another place where the template writes the same.
    searched: bool,
    /// Byte ranges of control tokens that came from a message.
    pub spelled: Vec<Range<usize>>,
    /// Byte place where the generation prompt begins; the end of the last content for a template that always writes it.
    pub header: Option<usize>,
    /// What may be wrong with it.
    pub warnings: Vec<String>,
}

impl Rendered {
    /// Renders `messages` with `template`.
    pub fn new(template: &Template, encoder: &Encoder, messages: &[Message], options: &ChatOptions) -> Result<Self> {
        let date = options.date.as_deref().map_or(Ok(Date::DEFAULT), Date::parse)?;
        let messages = with_system(messages, options.system.as_deref());
        let marks = Marks::new(template, &messages)?;
        let render = |messages: &[Message], generation_prompt: bool| {
            let turns: Vec<_> = messages.iter().map(|m| Turn { role: &m.role, content: &m.content }).collect();
            template.render(&turns, generation_prompt, date, &marks.text())
        };
        let prompt = options.add_generation_prompt;
        let plain = render(&messages, prompt)?;
        let mut warnings = left_out(&messages, &plain, &marks, |other| render(other, prompt).ok())?;

        // The messages with their control tokens marked, and the text that the template makes of them.
        let marked = |mark: Mark| messages.iter().map(|m| marks.controls(encoder, m, mark)).collect::<Vec<_>>();
        let wrapped = marked(Mark::Around);
        let (marked, text, spelled) = if wrapped == messages {
            (wrapped, plain, Vec::new())
        } else {
            let around =
                render(&wrapped, prompt).ok().map(|text| marks.strip(&text)).filter(|(text, _)| *text == plain);
            match around {
                Some((text, spelled)) => (wrapped, text, spelled),
                None => {
                    let mut broken = marked(Mark::Inside);
                    let (mut text, mut spelled) = marks.strip(&render(&broken, prompt)?);
                    if text != plain {
                        // The template takes contents apart, and could put a new control token together.
                        broken = marked(Mark::Throughout);
                        (text, spelled) = marks.strip(&render(&broken, prompt)?);
                        warnings.push(
                            "a message spells control tokens that the chat template looks at; they were kept as plain \
                             text, which may have changed the prompt"
                                .into(),
                        );
                    }
                    (broken, text, spelled)
                }
            }
        };
        let enclosed: Vec<Message> = marked.iter().map(|m| marks.enclose(m)).collect();
        let found = render(&enclosed, prompt).ok().and_then(|enclosed| marks.places(&enclosed, &text));
        let searched = found.is_none();
        let contents = match found {
            Some(found) => widen(&text, found, &messages),
            None => search(&text, &between_controls(&messages, &marks, encoder)),
        };

        let last = contents.last().map_or(0, |place| place.end);
        let header = prompt.then(|| {
            let without = render(&marked, false).map(|text| marks.strip(&text).0).unwrap_or_default();
            let shared = text.bytes().zip(without.bytes()).take_while(|(a, b)| a == b).count();
            if shared == text.len() || shared < last { last } else { shared }
        });
        Ok(Self { text, contents, searched, spelled, header, warnings })
    }

    /// Whether a control token at `place` is the template's own.
    pub fn owns(&self, place: &Range<usize>) -> bool {
        !overlaps(&self.spelled, place) && (self.searched || !self.touches_content(place))
    }

    /// Whether all of `place` came from one message.
    pub fn is_content(&self, place: &Range<usize>) -> bool {
        self.contents.iter().any(|content| content.start <= place.start && place.end <= content.end)
    }

    /// Whether any byte of `place` came from a message.
    pub fn touches_content(&self, place: &Range<usize>) -> bool {
        overlaps(&self.contents, place)
    }
}

fn overlaps(places: &[Range<usize>], place: &Range<usize>) -> bool {
    places.iter().any(|other| other.start < place.end && place.start < other.end)
}

/// An error if the last question is not in the prompt, a warning if the system message is not: whatever such a message
/// says, the template renders the same.
fn left_out(
    messages: &[Message],
    text: &str,
    marks: &Marks,
    render: impl Fn(&[Message]) -> Option<String>,
) -> Result<Vec<String>> {
    let ignored = |role: &str| {
        let index = messages.iter().rposition(|m| m.role == role && !m.content.trim().is_empty())?;
        let mut other = messages.to_vec();
        other[index].content = marks.start.into();
        (render(&other)? == text).then_some(())
    };
    if ignored("user").is_some() {
        return Err(Error::new(
            Code::BadTemplate,
            "the chat template leaves the user's message out of the prompt",
            "The template may know other roles, or belong to another model. Give the prompt as ids, or take the model's \
             own template.",
        ));
    }
    Ok(ignored("system").map(|()| "the chat template leaves out the system message".to_owned()).into_iter().collect())
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

/// Where a control token that a message spells gets its marks.
#[derive(Clone, Copy)]
enum Mark {
    Around,
    /// Behind the first character.
    Inside,
    /// In everything that could be the first or last character of one, wherever it stands.
    Throughout,
}

/// Private-use characters that occur neither in the messages nor in the template.
struct Marks {
    /// Inside a control token.
    broken: char,
    /// Around a control token.
    token: [char; 2],
    /// Before and behind a content.
    start: char,
    end: char,
}

impl Marks {
    fn new(template: &Template, messages: &[Message]) -> Result<Self> {
        let texts = messages.iter().flat_map(|m| [m.role.as_str(), m.content.as_str()]).chain([template.source()]);
        let private = |c: &char| matches!(*c, '\u{e000}'..='\u{f8ff}');
        let taken: HashSet<char> = texts.flat_map(str::chars).filter(private).collect();
        let free: Vec<char> = ('\u{e000}'..='\u{f8ff}').filter(|c| !taken.contains(c)).take(5).collect();
        match free[..] {
            [broken, before, behind, start, end] => Ok(Self { broken, token: [before, behind], start, end }),
            _ => Err(Error::new(
                Code::BadInput,
                "the messages use every private-use character of Unicode",
                "Remove characters between U+E000 and U+F8FF from the messages.",
            )),
        }
    }

    /// All of them, for the text methods to look past.
    fn text(&self) -> String {
        [self.broken, self.token[0], self.token[1], self.start, self.end].into_iter().collect()
    }

    /// Marks every control token.
    fn controls(&self, encoder: &Encoder, message: &Message, mark: Mark) -> Message {
        let marked = |text: &str| {
            let mut out = String::with_capacity(text.len());
            let mut open = 0; // end of the token that is being copied
            for (at, c) in text.char_indices() {
                let token = encoder.added.control_at(text, at);
                match mark {
                    Mark::Around => {
                        if at >= open
                            && let Some(length) = token
                        {
                            out.push(self.token[0]);
                            open = at + length;
                        }
                        out.push(c);
                        if at + c.len_utf8() == open {
                            out.push(self.token[1]);
                        }
                    }
                    Mark::Inside => {
                        out.push(c);
                        out.extend(token.map(|_| self.broken));
                    }
                    Mark::Throughout => {
                        out.extend(matches!(c, '>' | ']').then_some(self.broken));
                        out.push(c);
                        out.extend(matches!(c, '<' | '[').then_some(self.broken));
                    }
                }
            }
            out
        };
        Message { role: marked(&message.role), content: marked(&message.content) }
    }

    /// The text without marks, and the places of the control tokens that they marked.
    fn strip(&self, text: &str) -> (String, Vec<Range<usize>>) {
        let (mut out, mut places, mut open) = (String::with_capacity(text.len()), Vec::new(), None);
        for c in text.chars() {
            if c == self.broken {
                // Any token over this place has both neighbors.
                places.push(out.len().saturating_sub(1)..out.len() + 1);
            } else if c == self.token[0] {
                open = Some(out.len());
            } else if c == self.token[1] {
                places.extend(open.take().map(|start| start..out.len()));
            } else if c != self.start && c != self.end {
                out.push(c);
            }
        }
        (out, places)
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

    /// Where the enclosed contents stand in `text`. `None` when the marks changed the rendering or lost their partner.
    fn places(&self, marked: &str, text: &str) -> Option<Vec<Range<usize>>> {
        let (mut places, mut open, mut at) = (Vec::new(), None, 0);
        let mut expected = text.chars();
        for c in marked.chars().filter(|c| *c != self.broken && !self.token.contains(c)) {
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

/// What the contents say between their control tokens, where a template may take them apart.
fn between_controls(messages: &[Message], marks: &Marks, encoder: &Encoder) -> Vec<String> {
    let wrapped = messages.iter().map(|m| marks.controls(encoder, m, Mark::Around).content);
    // Every other part is a control token.
    wrapped.flat_map(|content| content.split(marks.token).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The places of `parts` by looking for them one after the other.
fn search(text: &str, parts: &[String]) -> Vec<Range<usize>> {
    let (mut places, mut from) = (Vec::new(), 0);
    for part in parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()) {
        if let Some(at) = text[from..].find(part) {
            places.push(from + at..from + at + part.len());
            from += at + part.len();
        }
    }
    places
}
