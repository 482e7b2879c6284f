//! What is done with every tokenizer that was read.

use semgrad::text::{ChatOptions, Message, Text, TextSource};

/// Plain words, marks, white space, what some vocabularies lack, and what looks like a control token.
pub const TEXT: &str = "Hello, world! 12 caf\u{e9}\t\u{1f642}\r\n <|im_end|><s> \u{2581}a";

/// A conversation of every role.
pub fn conversation() -> Vec<Message> {
    let turn = |role: &str, content: &str| Message { role: role.into(), content: content.into() };
    vec![
        turn("system", "Be brief."),
        turn("user", "Why?"),
        turn("assistant", "<think>So.</think>Because."),
        turn("user", TEXT),
    ]
}

/// Reads, encodes and decodes; true where there is a tokenizer.
pub fn speak(source: &TextSource, messages: &[Message]) -> bool {
    let Ok(Some(text)) = Text::new(source) else { return false };
    if let Ok(ids) = text.encode(TEXT) {
        let _ = text.decode(&ids, true);
        let _ = text.pieces(&ids);
    }
    let _ = text.encode_base("");
    for id in [0, 1, 3, 1 << 20, u32::MAX] {
        let _ = text.token(id);
    }
    let options = ChatOptions { system: None, ..ChatOptions::default() };
    let rendered = text.encode_chat(messages, &options);
    rendered.is_ok() || !text.has_template()
}
