//! Architectures that are no plain decoder of text, by the names that `model_type` and `general.architecture` give them: an
//! error says what such a model is, and what to do.

/// A kind of model.
struct Kind {
    /// Its names; a star at an end stands for any letters.
    names: &'static [&'static str],
    /// What it is, with its article.
    what: &'static str,
    /// What to do; `None` where only another model helps.
    advice: Option<&'static str>,
}

const ENGINE: &str = "It compares texts and writes none. Choose a language model here, and give the folder of an encoder \
                      (config.json, tokenizer.json, model.safetensors) as an engine, for embeddings or for inference.";
const TEXT: &str =
    "Load the language model alone, where it has been published without the rest, or choose a text model.";

/// The first with a name that fits counts.
const KINDS: &[Kind] = &[
    Kind {
        names: &["*bert*", "mpnet*", "electra", "xlnet", "t5encoder", "gemma-embedding", "*-embed", "*_embed"],
        what: "an encoder",
        advice: Some(ENGINE),
    },
    Kind { names: &["*mamba*", "*rwkv*", "xlstm", "*griffin*", "recurrent*"], what: "a recurrent model", advice: None },
    Kind {
        names: &[
            "jamba",
            "zamba*",
            "bamba",
            "falcon-h1",
            "falcon_h1",
            "qwen3next",
            "qwen3_next",
            "qwen35*",
            "qwen3_5*",
            "nemotron_h*",
            "nemotron-h*",
            "plamo2",
            "plamo3",
            "kimi-linear",
            "kimi_linear",
            "*hybrid*",
            "minimax*",
        ],
        what: "a hybrid of attention and recurrent layers, or of convolutions",
        advice: None,
    },
    Kind {
        names: &[
            "*moe*",
            "mixtral",
            "deepseek2",
            "deepseek_v2",
            "deepseek_v3*",
            "deepseek32",
            "gpt-oss",
            "gpt_oss",
            "dbrx",
            "grok*",
            "llama4*",
            "arctic",
            "dots1",
            "smallthinker",
            "kimi*",
            "longcat*",
            "step3*",
        ],
        what: "a mixture of experts",
        advice: None,
    },
    Kind {
        names: &["t5*", "mt5", "umt5", "*bart", "pegasus*", "marian", "m2m_100", "nllb*", "longt5"],
        what: "an encoder with a decoder",
        advice: None,
    },
    Kind { names: &["llada*", "dream", "rnd1", "*diffusion*"], what: "a model that writes by diffusion", advice: None },
    Kind {
        names: &["clip*", "siglip*", "whisper", "wav2vec2*", "vit", "sam*", "encodec", "wavtokenizer*", "mimi", "snac"],
        what: "a model of pictures or sound",
        advice: Some(TEXT),
    },
    Kind {
        names: &[
            "llava*",
            "*vl",
            "*_vl_*",
            "*vlm*",
            "idefics*",
            "paligemma*",
            "mllama",
            "internvl*",
            "minicpmv*",
            "minicpmo",
            "fuyu",
            "*_audio*",
            "*_omni*",
            "*vision*",
            "phi4mm",
            "voxtral*",
            "pixtral",
            "kosmos*",
            "molmo*",
        ],
        what: "a model that reads pictures or sound besides text",
        advice: Some(TEXT),
    },
];

/// What a model of this architecture is, with its article, and what to do, where that is known.
pub(super) fn kind(name: &str) -> Option<(&'static str, Option<&'static str>)> {
    let kind = KINDS.iter().find(|kind| kind.names.iter().any(|pattern| fits(pattern, name)))?;
    Some((kind.what, kind.advice))
}

fn fits(pattern: &str, name: &str) -> bool {
    let (start, pattern) = pattern.strip_prefix('*').map_or((false, pattern), |rest| (true, rest));
    let (end, pattern) = pattern.strip_suffix('*').map_or((false, pattern), |rest| (true, rest));
    match (start, end) {
        (false, false) => name == pattern,
        (true, false) => name.ends_with(pattern),
        (false, true) => name.starts_with(pattern),
        (true, true) => name.contains(pattern),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_their_patterns() {
        for (pattern, fitting, other) in
            [("a", "a", "ab"), ("*a", "ba", "ab"), ("a*", "ab", "ba"), ("*a*", "bab", "bb")]
        {
            assert!(fits(pattern, fitting) && !fits(pattern, other), "{pattern}");
        }
    }

    #[test]
    fn architectures_are_known_for_what_they_are() {
        for (names, what) in [
            (
                &["bert", "nomic-bert", "nomic-bert-moe", "modern-bert", "deberta-v2", "gemma-embedding", "mpnet"][..],
                "an encoder",
            ),
            (&["mamba", "falcon_mamba", "rwkv7", "recurrent_gemma"], "recurrent"),
            (&["qwen3next", "qwen3_5_moe", "jamba", "nemotron_h", "granitehybrid"], "hybrid"),
            (&["qwen3moe", "qwen3_moe", "mixtral", "deepseek2", "gpt_oss", "olmoe", "ernie4_5-moe"], "experts"),
            (&["t5", "mbart"], "with a decoder"),
            (&["llada", "dream"], "diffusion"),
            (&["whisper", "clip"], "of pictures or sound"),
            (&["qwen2_5_vl", "qwen3vl", "llava_next", "smolvlm"], "besides text"),
        ] {
            for name in names {
                assert!(kind(name).is_some_and(|(kind, _)| kind.contains(what)), "{name}: {:?}", kind(name));
            }
        }
        for name in ["gpt2", "falcon", "stablelm", "cohere2", "exaone", "none"] {
            assert_eq!(kind(name), None, "{name}");
        }
    }
}
