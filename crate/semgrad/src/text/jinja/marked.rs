//! Text with marks in it: characters that say where a message's words stand and that no text method may notice.
//!
//! A template that strips, splits or compares a message must do the same to the marked message, or nobody knows
//! afterwards which words came from the message. So the methods look at the text without its marks, and cut the text
//! with them.

use minijinja::State;
use std::borrow::Cow;
use std::ops::Range;

/// The variable that holds the marks of a rendering, as a text of all of them.
pub const MARKS: &str = "__marks";

/// A text, and the same without marks.
pub struct Marked<'a> {
    whole: &'a str,
    /// Without marks.
    pub plain: Cow<'a, str>,
    marks: Vec<char>,
}

impl<'a> Marked<'a> {
    /// Takes the marks of the rendering that `state` belongs to out of `whole`.
    pub fn new(state: &State<'_, '_>, whole: &'a str) -> Self {
        let marks: Vec<char> = match state.lookup(MARKS) {
            Some(marks) => marks.as_str().unwrap_or_default().chars().collect(),
            None => Vec::new(),
        };
        let plain = match whole.contains(&marks[..]) {
            true => Cow::Owned(whole.chars().filter(|c| !marks.contains(c)).collect()),
            false => Cow::Borrowed(whole),
        };
        Self { whole, plain, marks }
    }

    /// What the bytes `place` of the plain text are in the whole one, with the marks inside and at both ends.
    pub fn slice(&self, place: Range<usize>) -> String {
        self.keep(|at, mark| if mark { place.start <= at && at <= place.end } else { place.contains(&at) })
    }

    /// The text without what `trim` takes off the plain one's ends. Marks stay.
    pub fn trimmed(&self, trim: impl Fn(&str) -> &str) -> String {
        // `trim` gives a part of what it gets.
        let kept = trim(&self.plain);
        let start = kept.as_ptr() as usize - self.plain.as_ptr() as usize;
        let place = start..start + kept.len();
        self.keep(|at, mark| mark || place.contains(&at))
    }

    /// The characters for which `wanted` (place in the plain text, whether it is a mark) is true.
    fn keep(&self, wanted: impl Fn(usize, bool) -> bool) -> String {
        let (mut out, mut at) = (String::with_capacity(self.whole.len()), 0);
        for c in self.whole.chars() {
            let mark = self.marks.contains(&c);
            if wanted(at, mark) {
                out.push(c);
            }
            at += if mark { 0 } else { c.len_utf8() };
        }
        out
    }
}
