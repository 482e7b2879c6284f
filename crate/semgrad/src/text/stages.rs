//! The stages of a `tokenizer.json` that the `tokenizers` crate would read, and end the program at, then or when it uses
//! them. They are known by their fields: old files have stages without a `type`.

use serde_json::Value;
use std::collections::HashSet;

/// What is wrong with a stage or one of those in it.
pub fn fault(stage: &Value) -> Option<String> {
    if let Some(all) = stage.as_array() {
        return all.iter().find_map(fault);
    }
    let fields = stage.as_object()?;
    if fields.get("length").is_some_and(|length| length.as_u64() == Some(0)) {
        return Some("a stage cuts text into pieces of no length".into());
    }
    // The crate takes off the end of a token what it took off the beginning already.
    if fields.contains_key("content") && fields.get("stop").is_some_and(|stop| stop.as_u64() != Some(0)) {
        return Some("a decoder takes characters off the end of tokens, which is not supported".into());
    }
    if fields.contains_key("precompiled_charsmap") && !is_map(stage) {
        return Some("the map of characters of a normalizer is damaged".into());
    }
    if let Some(fault) = template_fault(stage) {
        return Some(fault);
    }
    fields.values().find_map(fault)
}

/// What is wrong with the pieces of a template that a post-processor puts around texts.
fn template_fault(stage: &Value) -> Option<String> {
    let tokens = &stage["special_tokens"];
    let pieces = |name: &str| stage[name].as_array().into_iter().flatten();
    let unknown = |piece: &&Value| piece["SpecialToken"]["id"].as_str().is_some_and(|id| tokens[id].is_null());
    if let Some(piece) = pieces("single").chain(pieces("pair")).find(unknown) {
        return Some(format!("a template has the token {}, which it does not describe", piece["SpecialToken"]["id"]));
    }
    if pieces("single").any(|piece| piece["Sequence"]["id"].as_str().is_some_and(|id| id != "A")) {
        return Some("a template for one text has a second one".into());
    }
    let length = |token: &Value, list: &str| token[list].as_array().map_or(0, Vec::len);
    let differ = |token: &Value| length(token, "ids") != length(token, "tokens");
    tokens.as_object()?.values().any(differ).then(|| "a token of a template has more ids than names, or fewer".into())
}

/// Whether SentencePiece's map of characters can be walked through without leaving it: the size of a trie in bytes, the
/// trie (a double array as Darts has it), and the texts that its leaves point into.
fn is_map(stage: &Value) -> bool {
    let Some(bytes) = stage["precompiled_charsmap"].as_str().and_then(base64) else { return false };
    let Some((size, rest)) = bytes.split_first_chunk() else { return false };
    let size = u32::from_le_bytes(*size) as usize / 4 * 4;
    let Some((trie, texts)) = rest.split_at_checked(size) else { return false };
    let (trie, _) = trie.as_chunks();
    let trie: Vec<usize> = trie.iter().map(|unit| u32::from_le_bytes(*unit) as usize).collect();
    let Ok(texts) = std::str::from_utf8(texts) else { return false };
    let offset = |unit: usize| (unit >> 10) << ((unit & (1 << 9)) >> 6);
    let Some(&root) = trie.first() else { return false };
    // Places from which the bytes of a text lead on.
    let (mut open, mut seen) = (vec![offset(root)], HashSet::new());
    while let Some(from) = open.pop() {
        for byte in 1..=255 {
            let Some(&unit) = trie.get(from ^ byte) else { return false };
            if unit & (1 << 31 | 0xff) != byte {
                continue;
            }
            let to = from ^ byte ^ offset(unit);
            if unit >> 8 & 1 == 1 {
                let start = trie.get(to).map(|leaf| leaf & ((1 << 31) - 1));
                if !start.is_some_and(|start| texts.is_char_boundary(start)) {
                    return false;
                }
            }
            if seen.insert(to) {
                open.push(to);
            }
        }
    }
    true
}

/// The bytes that a text in Base64 stands for.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let (mut bytes, mut bits, mut held) = (Vec::with_capacity(text.len() / 4 * 3), 0_u32, 0);
    for digit in text.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    // What is left over is zero, and there may be no digit too many: the crate is as strict.
    (held < 6 && bits & ((1 << held) - 1) == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_would_end_the_program_is_named() {
        let token = json!({"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]});
        let special = json!([{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]);
        let second = json!([{"Sequence": {"id": "B", "type_id": 0}}]);
        for (stage, fine) in [
            (json!(null), true),
            (json!({"type": "FixedLength", "length": 3}), true),
            (json!({"type": "Sequence", "pretokenizers": [{"type": "FixedLength", "length": 0}]}), false),
            (json!({"type": "Strip", "content": " ", "start": 1, "stop": 0}), true),
            (json!({"content": " ", "start": 1, "stop": 1}), false),
            (json!({"type": "TemplateProcessing", "single": special, "special_tokens": {"[CLS]": token}}), true),
            (json!({"type": "TemplateProcessing", "single": special, "special_tokens": {}}), false),
            (json!({"single": second, "pair": second, "special_tokens": {}}), false),
            (json!({"single": [], "pair": second, "special_tokens": {}}), true),
            (json!({"special_tokens": {"x": {"id": "x", "ids": [1, 2], "tokens": ["x"]}}}), false),
            (json!({"type": "Precompiled", "precompiled_charsmap": "AAAAAA=="}), false),
            (json!({"type": "Precompiled", "precompiled_charsmap": "no"}), false),
        ] {
            assert_eq!(fault(&stage).is_none(), fine, "{stage}");
        }
    }

    /// A map of as many units as one place leads to, of which one is a leaf or none.
    fn map(units: &[(usize, u32)], texts: &str) -> Value {
        let mut trie = vec![0_u32; 256];
        units.iter().for_each(|&(at, unit)| trie[at] = unit);
        let bytes = [&1024_u32.to_le_bytes(), bytemuck::cast_slice(&trie), texts.as_bytes()].concat();
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for three in bytes.chunks(3) {
            let bits = three.iter().fold(0, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - three.len()));
            (0..=three.len()).for_each(|i| text.push(char::from(digits[(bits >> (18 - 6 * i)) as usize & 63])));
        }
        json!({"type": "Precompiled", "precompiled_charsmap": text})
    }

    #[test]
    fn maps_of_characters_are_walked_through() {
        let leaf = |to: u32| 1 << 8 | to << 10 | u32::from(b'a');
        // From `a` on to place 2, where the text begins.
        let (a, two) = (usize::from(b'a'), (u32::from(b'a') ^ 2));
        assert_eq!(fault(&map(&[], "")), None);
        assert_eq!(fault(&map(&[(a, leaf(two)), (2, 2)], "b\0\u{e9}\0")), None);
        assert!(fault(&map(&[(a, leaf(two)), (2, 3)], "b\u{e9}x\0")).is_none());
        assert!(fault(&map(&[(a, leaf(two)), (2, 2)], "b\u{e9}\0")).is_some(), "within a character");
        assert!(fault(&map(&[(a, leaf(two)), (2, 99)], "b\0")).is_some(), "behind the texts");
        assert!(fault(&map(&[(a, leaf(1 << 12))], "b\0")).is_some(), "outside of the trie");
        assert!(fault(&map(&[(0, 1 << 20)], "b\0")).is_some(), "outside at once");
    }
}
