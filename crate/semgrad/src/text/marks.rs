//! The spellings of control tokens: which strings steer a model, whatever a file says about them.

/// Names without bars that chat models give to their control tokens.
const NAMES: [&str; 14] = [
    "<s>",
    "</s>",
    "<bos>",
    "<eos>",
    "<pad>",
    "<unk>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<end_of_utterance>",
    "<im_start>",
    "<im_end>",
    "<eot>",
    "<EOT>",
    "<eod>",
];

/// Longest spelling that is looked for in a rendered prompt, in bytes.
const LONGEST: usize = 64;

/// Whether `token` has one of the spellings that chat models keep for control tokens: `<|im_start|>`, `<turn|>`,
/// `<｜User｜>`, `[|assistant|]`, `</s>`, …
pub fn looks_like_control(token: &str) -> bool {
    let between = |open: &str, close: &str| {
        token.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(|inner| !inner.is_empty())
    };
    let barred = || {
        let edges = [("<|", ">"), ("<", "|>"), ("<\u{ff5c}", "\u{ff5c}>"), ("[|", "|]")];
        edges.iter().any(|(open, close)| between(open, close))
    };
    NAMES.contains(&token) || token != "<||>" && !token.contains(char::is_whitespace) && barred()
}

/// Whether `token` is one word in brackets, as the marks of chat templates are: `[INST]`, `<role>`, `<|user|>`. The
/// names of single bytes (`<0x0A>`) are not.
pub fn bracketed(token: &str) -> bool {
    let byte = token.len() == 6 && token.starts_with("<0x");
    let enclosed = token.starts_with('<') && token.ends_with('>') || token.starts_with('[') && token.ends_with(']');
    enclosed && !byte && token.chars().count() > 2 && !token.contains(char::is_whitespace)
}

/// The places in `text` that are spelled like control tokens: at each `<` or `[` the shortest such spelling.
pub fn spelled(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    text.match_indices(['<', '[']).filter_map(|(at, _)| {
        let rest = &text[at..];
        let ends = rest.match_indices(['>', ']']).map(|(end, close)| end + close.len());
        let end = ends.take_while(|end| *end <= LONGEST).find(|end| looks_like_control(&rest[..*end]))?;
        // `<|a<|b|>` is the token `<|b|>` behind other text.
        (!rest[1..end].contains('<')).then_some(at..at + end)
    })
}
