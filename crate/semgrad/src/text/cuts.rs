//! How text is cut into words before byte-level BPE, by the names that GGUF files give it: one table.
//!
//! The expressions, digits and normalizers are those of the tokenizer.json that the models were published with, where it is
//! known; otherwise what llama.cpp does under the name, which knows no normalizers. Both are facts about a vocabulary: it was
//! trained on words that were cut so.

/// One step; each cuts further what the steps before it left.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// Around every match of an expression, given as its alternatives.
    Matches(&'static [&'static str]),
    /// Around every digit.
    Digits,
    /// Around every run of digits.
    DigitRuns,
    /// Around every punctuation mark.
    Marks,
    /// Around every run of punctuation marks.
    MarkRuns,
    /// As GPT-2 does; from here on a text is its bytes, each written as a character.
    Gpt2,
}

/// A way of cutting and the names that it goes by.
#[derive(Debug)]
pub struct Pre {
    /// Values of `tokenizer.ggml.pre`.
    pub names: &'static [&'static str],
    /// Classes of transformers that cut so, without `Fast`: how a folder without tokenizer.json says it.
    pub classes: &'static [&'static str],
    /// Characters are composed first (Unicode NFC).
    pub composes: bool,
    /// The steps in order; what they leave is written as bytes.
    pub cuts: &'static [Cut],
    /// Whole words of the vocabulary are taken without merging.
    pub ignore_merges: bool,
    /// Plain text begins with the beginning-of-text token unless the file says otherwise.
    pub add_bos: bool,
}

use Cut::{DigitRuns, Digits, Gpt2, MarkRuns, Marks, Matches};

/// What most rows have.
const PLAIN: Pre =
    Pre { names: &[], classes: &[], composes: false, cuts: &[Gpt2], ignore_merges: false, add_bos: false };

macro_rules! contractions {
    () => {
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    };
}

/// Words that end where a small letter meets a capital one: without the characters `$not`, with `$end` behind each.
macro_rules! cased {
    ($not:expr, $end:expr) => {
        concat!(
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}",
            $not,
            r"]*[\p{Ll}\p{Lm}\p{Lo}\p{M}",
            $not,
            "]+",
            $end,
            r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}",
            $not,
            r"]+[\p{Ll}\p{Lm}\p{Lo}\p{M}",
            $not,
            "]*",
            $end
        )
    };
}

const CONTRACTIONS: &str = contractions!();
const LETTERS: &str = r"[^\r\n\p{L}\p{N}]?\p{L}+";
const LETTERS_WITH_MARKS: &str = r"[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+";
const PHRASES: &str = r"[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+";
const CASED: &str = cased!("", "");
const CASED_CONTRACTED: &str = cased!("", concat!(contractions!(), "?"));
const CASED_NOT_HAN: &str = cased!(r"&&[^\p{Han}]", concat!(contractions!(), "?"));
const HAN: &str = r"[\p{Han}]+";
const DIGIT: &str = r"\p{N}";
const THREE: &str = r"\p{N}{1,3}";
const NUMBER: &str = r"\p{N}+";
/// Threes counted from the end of a number that ends a word. The published `\b` is spelled out: to the library that models
/// are trained with, numerals of all kinds are of the word, and here they would not be.
const THREE_FROM_END: &str = r"\d{1,3}(?=(?:\d{3})*(?![\p{L}\p{M}\p{N}\p{Pc}]))";
const THREE_OF_ANY_FROM_END: &str = r"\p{N}{1,3}(?=(?:\p{N}{3})*(?!\p{N}))";
const SYMBOLS: &str = r" ?[^\s\p{L}\p{N}]+[\r\n]*";
const SYMBOLS_NO_MARKS: &str = r" ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*";
const SYMBOLS_SLASH: &str = r" ?[^\s\p{L}\p{N}]+[\r\n/]*";
const SYMBOLS_ONE_SLASH: &str = r" ?[^\s\p{L}\p{N}]+[\r\n/]?";
const SYMBOLS_NO_LINES: &str = r" ?[^\s\p{L}\p{N}\r\n]+";
const LINES: &str = r"\s*[\r\n]+";
const SPACES: &str = r"\s+(?!\S)|\s+";
/// Halving runs of spaces (Jais 2).
const SPACES_HALVED: &str = r"\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}";
const SENTENCES: &str = r" ?[^(\s|.,!?\u{2026}\u{3002}\u{ff0c}\u{3001}\u{964}\u{6d4}\u{60c})]+";
const LINES_APART: &str = r"[^\n]+|[\n]+";
const LINE_END: &str = "[\r\n]";

const CL100K: &[&str] = &[CONTRACTIONS, LETTERS, THREE, SYMBOLS, LINES, SPACES];
const QWEN: &[&str] = &[CONTRACTIONS, LETTERS, DIGIT, SYMBOLS, LINES, SPACES];
const O200K: &[&str] = &[CASED_CONTRACTED, THREE, SYMBOLS_SLASH, LINES, SPACES];

const CHINESE_AND_KANA: &str = r"[\u{4e00}-\u{9fa5}\u{3040}-\u{309f}\u{30a0}-\u{30ff}]+";
const CHINESE_AND_KOREAN: &str = r"[\u{4e00}-\u{9fa5}\u{800}-\u{4e00}\u{ac00}-\u{d7ff}]+";
/// A mark and Latin letters, words with their marks, symbols (DeepSeek 3).
const ATTACHED: &str = r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"##;
const SIGNS: &str = r" ?[\p{P}\p{S}]+[\r\n]*";
const DEEPSEEK_3: &[Cut] =
    &[Matches(&[THREE]), Matches(&[CHINESE_AND_KANA]), Matches(&[ATTACHED, SIGNS, LINES, SPACES])];
/// Letters of scripts with two cases, as of the Unicode version that DeepSeek's expression was written with.
const CASED_LETTERS: &str = concat!(
    r"\s?[",
    r"A-Za-z\u{b5}\u{c0}-\u{d6}\u{d8}-\u{f6}\u{f8}-\u{1ba}\u{1bc}-\u{1bf}\u{1c4}-\u{293}\u{295}-\u{2af}",
    r"\u{370}-\u{373}\u{376}\u{377}\u{37b}-\u{37d}\u{37f}\u{386}\u{388}-\u{38a}\u{38c}\u{38e}-\u{3a1}",
    r"\u{3a3}-\u{3f5}\u{3f7}-\u{481}\u{48a}-\u{52f}\u{531}-\u{556}\u{10a0}-\u{10c5}\u{13a0}-\u{13f5}",
    r"\u{13f8}-\u{13fd}\u{1c90}-\u{1cba}\u{1cbd}-\u{1cbf}\u{1d00}-\u{1d2b}\u{1d6b}-\u{1d77}\u{1d79}-\u{1d9a}",
    r"\u{1e00}-\u{1f15}\u{1f18}-\u{1f1d}\u{1f20}-\u{1f45}\u{1f48}-\u{1f4d}\u{1f50}-\u{1f57}\u{1f59}\u{1f5b}",
    r"\u{1f5d}\u{1f5f}-\u{1f7d}\u{1f80}-\u{1fb4}\u{1fb6}-\u{1fbc}\u{1fbe}\u{1fc2}-\u{1fc4}\u{1fc6}-\u{1fcc}",
    r"\u{1fd0}-\u{1fd3}\u{1fd6}-\u{1fdb}\u{1fe0}-\u{1fec}\u{1ff2}-\u{1ff4}\u{1ff6}-\u{1ffc}\u{2102}\u{2107}",
    r"\u{210a}-\u{2113}\u{2115}\u{2119}-\u{211d}\u{2124}\u{2126}\u{2128}\u{212a}-\u{212d}\u{212f}-\u{2134}\u{2139}",
    r"\u{213c}-\u{213f}\u{2145}-\u{2149}\u{214e}\u{2183}\u{2184}\u{2c00}-\u{2c7b}\u{2c7e}-\u{2ce4}",
    r"\u{2ceb}-\u{2cee}\u{2cf2}\u{2cf3}\u{a640}-\u{a66d}\u{a680}-\u{a69b}\u{a722}-\u{a76f}\u{a771}-\u{a787}",
    r"\u{a78b}-\u{a78e}\u{ab70}-\u{abbf}\u{fb00}-\u{fb06}\u{fb13}-\u{fb17}\u{ff21}-\u{ff3a}\u{ff41}-\u{ff5a}",
    r"\u{10400}-\u{1044f}\u{104b0}-\u{104d3}\u{104d8}-\u{104fb}\u{10c80}-\u{10cb2}\u{10cc0}-\u{10cf2}",
    r"\u{118a0}-\u{118df}\u{1e900}-\u{1e943}",
    "]+"
);

/// Every name that llama.cpp knows for byte-level BPE.
pub const TABLE: &[Pre] = &[
    Pre {
        names: &[
            "gpt-2",
            "gpt2",
            "phi-2",
            "jina-v1-en",
            "jina-v2-code",
            "jina-es",
            "jina-de",
            "jina-v2-es",
            "jina-v2-de",
            "roberta-bpe",
            "gigachat",
            "a.x-4.0",
            "mellum",
            "jais",
            "trillion",
            "granite-docling",
            "exaone4",
        ],
        classes: &["GPT2Tokenizer", "CodeGenTokenizer"],
        ..PLAIN
    },
    Pre { names: &["olmo", "mpt", "modern-bert"], classes: &["GPTNeoXTokenizer"], composes: true, ..PLAIN },
    Pre {
        names: &["smollm", "starcoder", "refact", "codeshell", "exaone", "minerva-7b", "mellum2"],
        cuts: &[Digits, Gpt2],
        ..PLAIN
    },
    Pre { names: &["command-r"], classes: &["CohereTokenizer"], composes: true, cuts: &[Digits, Gpt2], ..PLAIN },
    Pre { names: &["falcon"], cuts: &[MarkRuns, Gpt2, DigitRuns, Matches(&["[0-9][0-9][0-9]"])], ..PLAIN },
    Pre {
        names: &["chameleon"],
        cuts: &[
            Matches(&["<sentinel:[0-9]+>"]),
            Matches(&["(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z"]),
            Matches(&["([\\t\\n]|    |  )"]),
            Digits,
            Marks,
            Gpt2,
        ],
        add_bos: true,
        ..PLAIN
    },
    Pre {
        names: &[
            "llama-bpe",
            "llama3",
            "llama-v3",
            "falcon3",
            "falcon-h1",
            "pixtral",
            "midm-2.0",
            "lfm2",
            "jina-v5-nano",
        ],
        cuts: &[Matches(CL100K)],
        ignore_merges: true,
        add_bos: true,
        ..PLAIN
    },
    Pre { names: &["dbrx", "smaug-bpe", "chatglm-bpe", "glm4"], cuts: &[Matches(CL100K)], ..PLAIN },
    Pre {
        names: &["jais-2"],
        cuts: &[Matches(&[CONTRACTIONS, LETTERS, THREE, SYMBOLS, LINES, SPACES_HALVED])],
        ..PLAIN
    },
    Pre {
        names: &["minicpm5"],
        cuts: &[Matches(&[THREE]), Matches(&[CONTRACTIONS, LETTERS, NUMBER, SYMBOLS, LINES, SPACES])],
        ignore_merges: true,
        ..PLAIN
    },
    Pre {
        names: &["qwen2", "deepseek-r1-qwen", "stablelm2", "hunyuan", "f2llmv2"],
        classes: &["Qwen2Tokenizer"],
        composes: true,
        cuts: &[Matches(QWEN)],
        ..PLAIN
    },
    Pre {
        names: &["kormo", "megrez", "grok-2", "solar-open", "bailingmoe", "bailingmoe2", "llada-moe"],
        cuts: &[Matches(QWEN)],
        ..PLAIN
    },
    Pre {
        names: &["qwen35"],
        classes: &["Qwen3_5Tokenizer"],
        composes: true,
        cuts: &[Matches(&[CONTRACTIONS, LETTERS_WITH_MARKS, DIGIT, SYMBOLS_NO_MARKS, LINES, SPACES])],
        ..PLAIN
    },
    Pre { names: &["ufakzeka"], cuts: &[Matches(&[LETTERS, DIGIT, SYMBOLS, LINES, SPACES])], ..PLAIN },
    Pre {
        names: &["seed-coder"],
        cuts: &[Matches(&[CONTRACTIONS, LETTERS, DIGIT, SYMBOLS_NO_LINES, LINES, SPACES])],
        ..PLAIN
    },
    Pre {
        names: &["exaone-moe"],
        cuts: &[Matches(&[CONTRACTIONS, PHRASES, DIGIT, SYMBOLS_ONE_SLASH, LINES, SPACES])],
        ..PLAIN
    },
    Pre { names: &["laguna"], cuts: &[Matches(&[LINES_APART]), Matches(QWEN)], ..PLAIN },
    Pre { names: &["gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"], cuts: &[Matches(O200K)], ..PLAIN },
    Pre { names: &["granite-embed-multi-97m"], cuts: &[Matches(O200K)], ignore_merges: true, ..PLAIN },
    Pre { names: &["tiny_aya", "cohere2moe"], cuts: &[Matches(&[THREE_FROM_END]), Matches(O200K)], ..PLAIN },
    Pre {
        names: &["tekken"],
        cuts: &[Matches(&[CASED, DIGIT, SYMBOLS_SLASH, LINES, SPACES])],
        ignore_merges: true,
        add_bos: true,
        ..PLAIN
    },
    Pre {
        names: &["youtu"],
        cuts: &[
            Matches(&[
                r"[\u{ac00}-\u{d7a3}\u{3131}-\u{318e}]+",
                r"[\u{ff01}\u{2026}\u{201c}\u{201d}\u{2018}\u{2019}\u{2014}\u{ff1a}\u{ff1b}\u{ff0c}\u{3001}-\u{303f}\u{fe30}-\u{fe4f}]+",
                r"[\u{3105}-\u{312f}]+",
                r"[\u{4e00}-\u{9fa5}\u{3040}-\u{309f}\u{30a0}-\u{30ff}]+",
            ]),
            Matches(&[CASED_CONTRACTED, DIGIT, SYMBOLS_SLASH, LINES, SPACES]),
        ],
        ignore_merges: true,
        ..PLAIN
    },
    Pre { names: &["kimi-k2"], cuts: &[Matches(&[HAN, CASED_NOT_HAN, THREE, SYMBOLS, LINES, SPACES])], ..PLAIN },
    Pre {
        names: &["deepseek-coder"],
        cuts: &[
            Matches(&[LINE_END]),
            Matches(&[r"\s?\p{L}+"]),
            Matches(&[r"\s?\p{P}+"]),
            Matches(&[CHINESE_AND_KOREAN]),
            Digits,
        ],
        ..PLAIN
    },
    Pre {
        names: &["deepseek-llm"],
        cuts: &[
            Matches(&[LINE_END]),
            Matches(&[CASED_LETTERS]),
            Matches(&[r"\s?[!-/:-~\u{ff01}-\u{ff0f}\u{ff1a}-\u{ff5e}\u{2018}-\u{201f}\u{3000}-\u{3002}]+"]),
            Matches(&[r"\s+$"]),
            Matches(&[CHINESE_AND_KOREAN]),
            Digits,
        ],
        ..PLAIN
    },
    Pre { names: &["deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"], cuts: DEEPSEEK_3, ..PLAIN },
    Pre {
        names: &["spark2_5"],
        cuts: &[
            Matches(&[THREE]),
            Matches(&[CHINESE_AND_KANA]),
            Matches(&[ATTACHED, r" ?[\p{P}\p{S}]+", LINE_END, SPACES]),
            Digits,
        ],
        ..PLAIN
    },
    Pre {
        names: &["afmoe"],
        cuts: &[
            Matches(&[THREE_OF_ANY_FROM_END]),
            Matches(&[
                r"[\u{4e00}-\u{9fff}\u{3400}-\u{4dbf}\u{8c48}-\u{faff}\u{3040}-\u{309f}\u{30a0}-\u{30ff}\u{ff65}-\u{ff9f}\u{2f00}-\u{2fdf}\u{e40}-\u{e7f}\u{e80}-\u{eff}\u{1780}-\u{17ff}\u{1000}-\u{109f}\u{aa60}-\u{aa7f}\u{a9e0}-\u{a9ff}\u{ac00}-\u{d7af}\u{1100}-\u{11ff}]+",
            ]),
            Matches(&[ATTACHED, SIGNS, LINES, SPACES]),
        ],
        ..PLAIN
    },
    Pre { names: &["superbpe"], cuts: &[Matches(&[NUMBER]), Matches(&[r"(?=(\d{3})+(?!\d))"])], ..PLAIN },
    Pre { names: &["bloom", "poro-chat", "gpt3-finnish"], cuts: &[Matches(&[SENTENCES])], ..PLAIN },
    Pre { names: &["viking"], cuts: &[Matches(&[SENTENCES]), Digits], ..PLAIN },
];

/// Names of vocabularies whose tokens are no bytes, which the table cannot have.
pub const NOT_BYTES: [&str; 4] = ["gemma4", "granite-embed-multi-311m", "sarvam-moe", "whitespace"];
