//! The format of a GGUF file by its name, and which one is taken first.

use super::listed::ends;
use semgrad_kernels::formats::Format;

/// What can be read, the first one first.
pub(super) fn formats() -> impl Iterator<Item = &'static str> {
    let named = |turn| Format::ALL.iter().map(|format| format.description()).find(move |one| one.turn == turn);
    (0..Format::ALL.len()).filter_map(named).map(|format| format.name)
}

/// Of one format, in this order; nothing where the name says none.
const MIXES: [&str; 5] = ["M", "S", "", "L", "XL"];
/// As some publishers write them.
const ALIASES: [(&str, &str); 2] = [("Q8", "Q8_0"), ("Q8_K", "Q8_0")];
/// Names that are spelled out; `_MOE` may follow those of four bits.
const FIXED: [&str; 10] = ["I2_S", "MXFP4", "MXFP4_MOE", "NVFP4", "NVFP4_MOE", "BF16", "F32", "F16", "FP16", "FP32"];
/// A name whose format is not said stands behind all that say one.
const UNNAMED: usize = 1000;
/// Before a mix of single layers.
const MIXED: &str = "UD-";

/// The format in capitals, as the name of a file without `.gguf` and number of a part says it; empty where it says none.
pub(super) fn label(stem: &str) -> String {
    let stem =
        [".shard", "-shard"].iter().find(|end| ends(stem, end)).map_or(stem, |end| &stem[..stem.len() - end.len()]);
    let capitals = stem.to_ascii_uppercase();
    let starts = std::iter::once(0).chain(capitals.match_indices(['-', '.', '_', '/']).map(|(at, _)| at + 1));
    let mut tails = starts.filter_map(|at| capitals.get(at..));
    tails.find(|tail| is_label(tail.strip_prefix(MIXED).unwrap_or(tail))).map(unfold).unwrap_or_default()
}

/// Floats are written in two ways.
pub(super) fn unfold(label: &str) -> String {
    label.strip_prefix("FP").map_or_else(|| label.to_owned(), |bits| format!("F{bits}"))
}

/// Whether capitals are the name of a format, whether it can be read or not.
fn is_label(text: &str) -> bool {
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    if let Some(rest) = text.strip_prefix("IQ").or_else(|| text.strip_prefix('Q')).filter(|rest| digit(rest)) {
        // A digit is one byte.
        let mut words = rest[1..].split('_');
        let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        return words.next() == Some("") && words.all(word);
    }
    if let Some(rest) = text.strip_prefix("TQ") {
        return matches!(rest.as_bytes(), [a, b'_', b] if a.is_ascii_digit() && b.is_ascii_digit());
    }
    FIXED.contains(&text)
}

/// The place of a format among those that can be read, the first one first; `None` for what cannot.
pub(super) fn rank(label: &str) -> Option<usize> {
    if label.is_empty() {
        return Some(UNNAMED);
    }
    let bare = label.strip_prefix(MIXED).unwrap_or(label);
    let (format, mix) = match bare.rsplit_once('_') {
        Some((format, mix)) if format.ends_with("_K") && MIXES.contains(&mix) => (format, mix),
        _ => (bare, ""),
    };
    let format = ALIASES.iter().find(|(alias, _)| *alias == format).map_or(format, |(_, name)| *name);
    // Some write Q4 for Q4_K.
    let is = |name: &str| name == format || name.strip_suffix("_K").is_some_and(|bits| bits == format);
    let place = formats().position(is)?;
    let mix = MIXES.iter().position(|name| *name == mix)?;
    // A mix of single layers may hold formats that its name does not say: it comes last among its like.
    Some(place * 16 + mix + if bare.len() < label.len() { 8 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_that_can_be_read_has_its_place() {
        for format in Format::ALL {
            assert!(rank(format.description().name).is_some(), "{}", format.description().name);
        }
        assert_eq!(formats().count(), Format::ALL.len(), "each has a turn of its own");
    }

    #[test]
    fn a_format_is_what_a_name_ends_with() {
        for (stem, expected) in [
            ("Llama-3.2-1B-Instruct-Q4_K_M", "Q4_K_M"),
            ("qwen2.5-0.5b-instruct-q4_k_m", "Q4_K_M"),
            ("Qwen3-1.7B-UD-Q4_K_XL", "UD-Q4_K_XL"),
            ("Phi-3-mini-4k-instruct-q4", "Q4"),
            ("model-fp16", "F16"),
            ("a/Q8_0", "Q8_0"),
            ("x-Q4_0_4_4", "Q4_0_4_4"),
            ("ggml-model-i2_s", "I2_S"),
            ("Qwen3-0.6B.Q4_K_M.shard", "Q4_K_M"),
            ("gpt-oss-MXFP4_MOE", "MXFP4_MOE"),
            ("x-TQ1_0", "TQ1_0"),
            ("model", ""),
            ("Q", ""),
            ("IQ", ""),
            ("x-Q4_", ""),
            ("x-Q44", ""),
            ("x-Q4K", ""),
            ("modelQ4_0", ""),
            ("é-q8_0é", ""),
            ("", ""),
        ] {
            assert_eq!(label(stem), expected, "{stem}");
        }
    }

    #[test]
    fn of_one_format_mixes_come_last() {
        let order =
            ["Q4_K_M", "Q4_K_S", "Q4_K", "Q4_K_L", "Q4_K_XL", "UD-Q4_K_M", "UD-Q4_K_XL", "IQ4_XS", "F32", "Q3_K_M", ""];
        assert!(order.is_sorted_by_key(|label| rank(label).unwrap()));
        for unread in ["IQ3_M", "Q4_0_4_4", "TQ1_0", "I2_S", "NVFP4", "UD-IQ1_M", "Q7_K", "Q4_K_XXL"] {
            assert_eq!(rank(unread), None, "{unread}");
        }
    }
}
