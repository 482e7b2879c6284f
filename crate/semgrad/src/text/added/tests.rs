//! Against the library itself: random added tokens with every flag, on every kind of vocabulary, over nasty texts.

use super::super::encode::Encoder;
use super::Reading;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tokenizers::Tokenizer;

/// What texts and tokens are made of: word characters of several categories (a letter, a digit, a mark, a connector, a
/// joiner), none (`²`, `·`), white space of several kinds, what normalizers change, and control tokens.
const PARTS: [&str; 34] = [
    "a",
    "b",
    "ab",
    "A",
    "AB",
    "é",
    "e\u{301}",
    "\u{301}",
    "_",
    "\u{203f}",
    "7",
    "\u{663}",
    "\u{200d}",
    "²",
    "·",
    "-",
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\u{a0}",
    "\u{3000}",
    "<s>",
    "</s>",
    "<|x|>",
    "<",
    "|>",
    "x",
    "İ",
    "ß",
    "한",
    "\u{1f642}",
    "\u{2581}",
];

/// Vocabularies of the four models, each with the stages that it usually has.
fn bases() -> [(&'static str, Value); 4] {
    let letters = ["a", "b", "x", "A", "7", "_", "-", "<", ">", "s", "/", "|", "é", "\u{2581}"];
    let pieces = ["ab", "\u{2581}a", "\u{2581}ab", "<s", "<s>", "aa", "bb"];
    let ids = |tokens: Vec<String>| -> Value {
        tokens.into_iter().enumerate().map(|(id, token)| (token, json!(id))).collect::<serde_json::Map<_, _>>().into()
    };
    let list = |tokens: &[&'static str]| tokens.iter().map(|token| (*token).to_owned()).collect::<Vec<_>>();
    let merges = json!(["a b", "\u{2581} a", "\u{2581}a b", "< s", "<s >", "a a", "b b"]);

    let byte_level = {
        let alphabet = tokenizers::pre_tokenizers::byte_level::ByteLevel::alphabet();
        let mut alphabet: Vec<String> = alphabet.into_iter().map(String::from).collect();
        alphabet.sort();
        alphabet.extend(list(&["ab", "\u{120}a", "\u{120}ab", "<s", "<s>"]));
        let merges = json!(["a b", "\u{120} a", "\u{120}a b", "< s", "<s >"]);
        let level = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true});
        json!({"normalizer": {"type": "NFC"}, "pre_tokenizer": level, "decoder": level,
            "model": {"type": "BPE", "vocab": ids(alphabet), "merges": merges}})
    };
    let sentence_piece = {
        let bytes = (0..256).map(|byte| format!("<0x{byte:02X}>"));
        let vocab = ids(list(&["<unk>"]).into_iter().chain(bytes).chain(list(&letters)).chain(list(&pieces)).collect());
        let normalizer = json!({"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u{2581}"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "\u{2581}"}]});
        json!({"normalizer": normalizer, "model": {"type": "BPE", "vocab": vocab, "merges": merges,
            "unk_token": "<unk>", "byte_fallback": true, "fuse_unk": true}})
    };
    let unigram = {
        let scored = |(rank, token): (usize, String)| json!([token, -(rank as f64)]);
        let vocab: Vec<_> =
            list(&["<unk>"]).into_iter().chain(list(&pieces)).chain(list(&letters)).enumerate().map(scored).collect();
        let meta = json!({"type": "Metaspace", "replacement": "\u{2581}", "prepend_scheme": "always", "split": true});
        json!({"normalizer": {"type": "NFKC"}, "pre_tokenizer": meta,
            "model": {"type": "Unigram", "unk_id": 0, "vocab": vocab}})
    };
    let word_piece = {
        let continued = letters.iter().chain(&pieces).map(|piece| format!("##{piece}"));
        let vocab =
            ids(list(&["[UNK]"]).into_iter().chain(list(&letters)).chain(list(&pieces)).chain(continued).collect());
        let normalizer = json!({"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
            "strip_accents": null, "lowercase": true});
        json!({"normalizer": normalizer, "pre_tokenizer": {"type": "BertPreTokenizer"},
            "model": {"type": "WordPiece", "vocab": vocab, "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 100}})
    };
    [("byte-level", byte_level), ("SentencePiece", sentence_piece), ("Unigram", unigram), ("WordPiece", word_piece)]
}

fn draw(random: &mut impl Rng, most: usize) -> String {
    let count = random.random_range(1..=most);
    (0..count).map(|_| PARTS[random.random_range(0..PARTS.len())]).collect()
}

/// A text in which `tokens` occur.
fn text_with(random: &mut impl Rng, tokens: &[Value]) -> String {
    let count = random.random_range(1..10);
    let part = |_| match random.random_bool(0.4) {
        true => tokens[random.random_range(0..tokens.len())]["content"].as_str().unwrap().to_owned(),
        false => draw(random, 2),
    };
    (0..count).map(part).collect()
}

/// Some added tokens with random flags. One that is only white space takes none of its left: the library panics when
/// such a token stands in what the token before has taken.
fn added(random: &mut impl Rng) -> Vec<Value> {
    let count = random.random_range(1..8);
    let one = |id: usize| {
        let content = draw(random, 3);
        let mut flag = || random.random_bool(0.4);
        json!({"id": 10_000 + id, "single_word": flag(), "lstrip": flag() && !content.trim().is_empty(), "rstrip": flag(),
            "normalized": flag(), "special": flag(), "content": content})
    };
    (0..count).map(one).collect()
}

#[test]
fn ids_equal_the_library_for_every_flag() {
    let mut random = ChaCha8Rng::seed_from_u64(12);
    let (mut compared, mut cut, mut kept) = (0, 0, 0);
    for (kind, base) in bases() {
        for _ in 0..110 {
            let mut file = base.clone();
            let tokens = added(&mut random);
            file["added_tokens"] = tokens.clone().into();
            // Two tokens may have one normalized spelling: the library refuses that.
            let Ok(mut tokenizer) = serde_json::to_vec(&file).map(Tokenizer::from_bytes).unwrap() else { continue };
            let encoder = Encoder::new(tokenizer.clone()).unwrap();
            // One whose normalized spelling is empty matches between any two characters in the library.
            let spelled = encoder.added.raw.tokens.len() + encoder.added.normalized.tokens.len();
            if spelled < tokenizer.get_added_vocabulary().get_added_tokens_decoder().len() {
                continue;
            }
            for _ in 0..12 {
                let text = text_with(&mut random, &tokens);
                tokenizer.set_encode_special_tokens(false);
                let right = tokenizer.encode(text.as_str(), false).unwrap();
                let got = encoder.encoding(&text, |_, _| Reading::Token).unwrap();
                assert_eq!(got.get_ids(), right.get_ids(), "{kind}: {text:?} with {}", file["added_tokens"]);
                compared += 1;
                cut += usize::from(right.get_ids().iter().any(|id| encoder.added.contains(*id)));
                // The library lets a model make a special token of the text that spells it.
                if encoder.added.made.is_empty() {
                    tokenizer.set_encode_special_tokens(true);
                    let special = |id: u32| {
                        let vocabulary = tokenizer.get_added_vocabulary();
                        vocabulary.is_special_token(&vocabulary.get_added_tokens_decoder()[&id].content)
                    };
                    let right = tokenizer.encode(text.as_str(), false).unwrap();
                    let read = |_, added: &super::Added| if special(added.id) { Reading::Text } else { Reading::Token };
                    let got = encoder.encoding(&text, read).unwrap();
                    assert_eq!(got.get_ids(), right.get_ids(), "{kind}, plain: {text:?} with {}", file["added_tokens"]);
                    kept += 1;
                }
            }
        }
    }
    assert!(compared > 4000 && cut > 3000 && kept > 3000, "{compared} texts, {cut} with tokens, {kept} as plain text");
}

/// `a` and `ab` are single words: where `ab` is refused, the library does not go back to `a`.
#[test]
fn a_refused_single_word_is_passed_over_whole() {
    let (_, mut file) = bases().into_iter().next().unwrap();
    let token = |id: u32, content: &str| {
        json!({"id": id, "content": content, "single_word": true, "lstrip": false, "rstrip": false,
            "normalized": false, "special": false})
    };
    file["added_tokens"] = json!([token(261, "-x"), token(262, "x-")]);
    let tokenizer = Tokenizer::from_bytes(serde_json::to_vec(&file).unwrap()).unwrap();
    let encoder = Encoder::new(tokenizer.clone()).unwrap();
    for (text, added) in [("-x-", 1), ("b-x-", 0), ("-x\u{301}", 0), ("-x²", 1), ("-x\u{200d}", 0), ("-x·", 1)] {
        let ids = encoder.encoding(text, |_, _| Reading::Token).unwrap().get_ids().to_vec();
        assert_eq!(ids.iter().filter(|id| **id > 260).count(), added, "{text:?}");
        assert_eq!(ids, tokenizer.encode(text, false).unwrap().get_ids(), "{text:?}");
    }
}

/// A message can neither make a control token with the template's characters nor swallow one of the template's.
#[test]
fn neighbors_that_spell_a_token_together_leave_the_others_whole() {
    let (_, mut file) = bases().into_iter().next().unwrap();
    let token = |id: u32, content: &str| {
        json!({"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true})
    };
    file["added_tokens"] = json!([token(261, "<|x|>"), token(262, "a<|x|>"), token(263, "<|x|>b")]);
    let encoder = Encoder::new(Tokenizer::from_bytes(serde_json::to_vec(&file).unwrap()).unwrap()).unwrap();
    let text = "a<|x|>b";
    let own = 1..6;
    let read = |place: std::ops::Range<usize>, _: &super::Added| match place == own {
        true => Reading::Token,
        false => Reading::Accident,
    };
    let ids = encoder.encoding(text, read).unwrap().get_ids().to_vec();
    assert_eq!(ids.iter().filter(|id| **id > 260).collect::<Vec<_>>(), [&261]);
    assert_eq!(ids.len(), 3);
}
