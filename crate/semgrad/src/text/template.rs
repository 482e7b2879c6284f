//! The chat template: Jinja as Hugging Face renders it, with the clock pinned and the work bounded.
//!
//! A template comes with the weights, from wherever those come. Its steps, its nesting and the length of its text have
//! limits; the memory of a value that it builds has none.

use super::clock::Date;
use super::jinja;
use crate::error::{Code, Error, Result};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{Environment, ErrorKind, context};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Instructions that one rendering may take. A real template needs a few hundred per message.
const FUEL: u64 = 5_000_000;
/// Bytes that a rendered conversation may have.
const LONGEST: usize = 16 << 20;
/// Nesting of calls, macros and includes.
const RECURSION: usize = 100;
const NAME: &str = "chat template";

/// A compiled chat template.
#[derive(Clone)]
pub struct Template {
    environment: Arc<Environment<'static>>,
    source: String,
    tokens: Vec<(String, String)>,
}

/// What one message looks like to a template.
pub struct Turn<'a> {
    /// `system`, `user`, `assistant`, …
    pub role: &'a str,
    /// The text.
    pub content: &'a str,
}

impl Template {
    /// Compiles `source`. `tokens` are variables such as `bos_token` with their text.
    pub fn new(source: &str, tokens: Vec<(String, String)>) -> Result<Self> {
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(bad)?;
        environment.set_syntax(syntax);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(RECURSION);
        jinja::extend(&mut environment);
        environment.add_function("raise_exception", raise_exception);
        environment.add_template_owned(NAME, jinja::translate(source).map_err(bad)?).map_err(bad)?;
        Ok(Self { environment: Arc::new(environment), source: source.to_owned(), tokens })
    }

    /// The template's text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Renders `turns`. The variables are those of Hugging Face's `apply_chat_template`, with no tools and no documents.
    /// Text methods do not notice the characters `marks`.
    pub fn render(&self, turns: &[Turn<'_>], generation_prompt: bool, date: Date, marks: &str) -> Result<String> {
        let message = |turn: &Turn<'_>| Value::from_pairs([("role", turn.role), ("content", turn.content)]);
        let messages: Vec<Value> = turns.iter().map(message).collect();
        let now = Value::from_function(move |format: &str| {
            let unknown = || format!("strftime_now does not know every code of `{format}`");
            date.format(format).ok_or_else(|| minijinja::Error::new(ErrorKind::InvalidOperation, unknown()))
        });
        let own = [(jinja::MARKS, marks)];
        let tokens =
            Value::from_pairs(self.tokens.iter().map(|(name, text)| (name.as_str(), text.as_str())).chain(own));
        let variables = context! {
            messages => messages,
            add_generation_prompt => generation_prompt,
            tools => (),
            documents => (),
            strftime_now => now,
            ..tokens
        };
        let template = self.environment.get_template(NAME).map_err(bad)?;
        let mut text = Bounded(Vec::new());
        template.render_captured_to(variables, &mut text).map_err(bad)?;
        String::from_utf8(text.0).map_err(|e| Error::internal(e.to_string()))
    }
}

/// A text that refuses to grow beyond [`LONGEST`].
struct Bounded(Vec<u8>);

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(std::io::Error::other("the text is too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// SHA-256 of `text`, in hexadecimal.
pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn raise_exception(message: String) -> std::result::Result<Value, minijinja::Error> {
    Err(minijinja::Error::new(ErrorKind::InvalidOperation, message))
}

fn bad(error: minijinja::Error) -> Error {
    let what = match (error.kind(), error.detail()) {
        (ErrorKind::WriteFailure, _) => format!("its text is longer than {LONGEST} bytes"),
        (ErrorKind::OutOfFuel, _) => format!("it takes more than {FUEL} steps"),
        (_, Some(detail)) => detail.to_owned(),
        (kind, None) => kind.to_string(),
    };
    let place = error.line().map(|line| format!(" (line {line})")).unwrap_or_default();
    Error::new(
        Code::BadTemplate,
        format!("the chat template fails: {what}{place}"),
        "Check the roles and their order, or give the prompt as ids.",
    )
}
