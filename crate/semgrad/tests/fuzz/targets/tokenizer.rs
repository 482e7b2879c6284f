//! `tokenizer.json`, and the files beside it.

use super::{Target, files, speak};
use semgrad::text::TextSource;

/// See [`Target`].
pub const TARGET: Target =
    Target { name: "tokenizer", run, seeds, words: WORDS, anyway: super::LITTLE, inputs: 100_000 };

const WORDS: &[&str] = &[
    r#"{"type":"Sequence","pretokenizers":[]}"#,
    r#"{"type":"Split","pattern":{"Regex":"(a+)+$"},"behavior":"Isolated","invert":false}"#,
    r#"{"type":"Split","pattern":{"Regex":"(?:(?:a{999}){999}){999}"},"behavior":"Removed","invert":true}"#,
    r#"{"type":"Split","pattern":{"Regex":"(?=(\\w+)\\1)"},"behavior":"MergedWithNext","invert":false}"#,
    r#"{"type":"Split","pattern":{"String":""},"behavior":"Contiguous","invert":false}"#,
    r#"{"type":"FixedLength","length":0}"#,
    r#"{"type":"Digits","individual_digits":true}"#,
    r#"{"type":"Punctuation","behavior":"Isolated"}"#,
    r#"{"type":"CharDelimiterSplit","delimiter":"a"}"#,
    r#"{"type":"UnicodeScripts"}"#,
    r#"{"type":"Whitespace"}"#,
    r#"{"type":"BertPreTokenizer"}"#,
    r#"{"type":"Metaspace","replacement":"_","prepend_scheme":"always","split":true}"#,
    r#"{"type":"Replace","pattern":{"String":""},"content":"xx"}"#,
    r#"{"type":"Prepend","prepend":"x"}"#,
    r#"{"type":"NFKC"}"#,
    r#"{"type":"Precompiled","precompiled_charsmap":"AAAAAAAA"}"#,
    r#"{"type":"Precompiled","precompiled_charsmap":"ALQCAACEAAAAAACAAQAAgMz8AgC4BQAA"}"#,
    r#"{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}"#,
    r#"{"type":"Strip","strip_left":true,"strip_right":true}"#,
    r#"{"type":"Strip","content":"a","start":9,"stop":9}"#,
    r#"{"type":"StripAccents"}"#,
    r#"{"type":"Nmt"}"#,
    r#"{"type":"CTC","pad_token":"","word_delimiter_token":"","cleanup":true}"#,
    r#"{"type":"BPEDecoder","suffix":""}"#,
    r#"{"type":"WordPiece","prefix":"","cleanup":true}"#,
    r#"{"type":"ByteFallback"}"#,
    r#"{"type":"Fuse"}"#,
    r#"{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}"#,
    r#"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{}}"#,
    r#""byte_fallback":true"#,
    r#""dropout":0.5"#,
    r#""unk_id":99"#,
    r#""unk_token":"nowhere""#,
    r#""fuse_unk":true"#,
    r#""ignore_merges":true"#,
    r#""continuing_subword_prefix":"xxxxxxxx""#,
    r#""end_of_word_suffix":"y""#,
    r#""max_input_chars_per_word":0"#,
    r#""lstrip":true"#,
    r#""single_word":true"#,
    r#""normalized":true"#,
    r#"{"id":9,"content":"","single_word":false,"lstrip":false,"rstrip":false,"normalized":true,"special":true}"#,
    "\n== vocab.json\n",
    "\n== merges.txt\n",
    "\n== tokenizer_config.json\n",
    "\n== added_tokens.json\n",
    "\n== special_tokens_map.json\n",
    "\n== generation_config.json\n",
    "\n== chat_template.jinja\n",
];

fn run(data: &[u8]) -> bool {
    let mut source = TextSource::default();
    for (name, content) in files::split(data, "tokenizer.json") {
        let place = match name.as_str() {
            "tokenizer.json" => &mut source.tokenizer_json,
            "vocab.json" => &mut source.vocab_json,
            "merges.txt" => &mut source.merges_txt,
            "tokenizer_config.json" => &mut source.tokenizer_config_json,
            "generation_config.json" => &mut source.generation_config_json,
            "special_tokens_map.json" => &mut source.special_tokens_map_json,
            "added_tokens.json" => &mut source.added_tokens_json,
            "chat_template.jinja" => &mut source.chat_template_jinja,
            _ => &mut source.config_json,
        };
        *place = Some(content);
    }
    speak::speak(&source, &speak::conversation())
}

fn seeds() -> Vec<Vec<u8>> {
    let beside = [
        ("tokenizer.json", small().into_bytes()),
        ("tokenizer_config.json", br#"{"bos_token":"<s>","eos_token":{"content":"<e>"},"chat_template":"{% for m in messages %}{{ m.content }}<e>{% endfor %}","added_tokens_decoder":{"1":{"content":"<e>","special":true}}}"#.to_vec()),
        ("special_tokens_map.json", br#"{"unk_token":"<s>"}"#.to_vec()),
        ("added_tokens.json", br#"{"<x>":40}"#.to_vec()),
        ("generation_config.json", br#"{"eos_token_id":[1,0]}"#.to_vec()),
    ];
    let lists = [
        ("vocab.json", br#"{"<s>":0,"h":1,"e":2,"l":3,"he":4,"ll":5,"hell":6,"o":7}"#.to_vec()),
        ("merges.txt", b"#version: 0.2\nh e\nl l\nhe ll\n".to_vec()),
        ("tokenizer_config.json", br#"{"tokenizer_class":"GPT2Tokenizer","bos_token":"<s>"}"#.to_vec()),
    ];
    // As published ones cut: to compile the expression takes longer than all the rest, so that others go without.
    let cut = r#"{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\s?[a-z]+|\\d{1,3}"},"behavior":"Isolated","invert":false},"#;
    let cuts = small().replacen(BYTES, &format!("{cut}{BYTES}]}}"), 1);
    vec![
        small().into_bytes(),
        cuts.into_bytes(),
        around(r#"{"type":"Unigram","unk_id":0,"vocab":[["<s>",0.0],["<e>",0.0],["h",-1.5],["e",-2.0],["hell",-1.0],["o",-3.0],["\u2581",-2.5]],"byte_fallback":false}"#,
            r#"{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]}"#,
            r#"{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":true}"#,
            r#"{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":true}"#).into_bytes(),
        around(r###"{"type":"WordPiece","unk_token":"<s>","continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{"<s>":0,"<e>":1,"h":2,"##e":3,"hell":4,"##o":5,",":6}}"###,
            r#"{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}"#,
            r#"{"type":"BertPreTokenizer"}"#, r###"{"type":"WordPiece","prefix":"##","cleanup":true}"###).into_bytes(),
        around(r#"{"type":"WordLevel","unk_token":"<s>","vocab":{"<s>":0,"<e>":1,"Hello":2,"world":3}}"#, "null", r#"{"type":"Whitespace"}"#, "null").into_bytes(),
        files::join(&beside),
        files::join(&lists),
    ]
}

const BYTES: &str = r#"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":false}"#;

/// A tokenizer of a few words, whose control tokens are `<s>` and `<e>`.
pub fn small() -> String {
    let model = r#"{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false,"vocab":{"<s>":0,"<e>":1,"h":2,"e":3,"l":4,"o":5,"\u0120":6,"he":7,"ll":8,"hell":9,"w":10},"merges":["h e","l l","he ll"]}"#;
    around(model, "null", BYTES, BYTES)
}

fn around(model: &str, normalizer: &str, pre_tokenizer: &str, decoder: &str) -> String {
    let added = |id: u32, content: &str| {
        format!(
            r#"{{"id":{id},"content":"{content}","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}}"#
        )
    };
    format!(
        r#"{{"version":"1.0","truncation":null,"padding":null,"added_tokens":[{},{}],"normalizer":{normalizer},"pre_tokenizer":{pre_tokenizer},"post_processor":null,"decoder":{decoder},"model":{model}}}"#,
        added(0, "<s>"),
        added(1, "<e>"),
    )
}
