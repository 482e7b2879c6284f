//! Headers: well-formed ones of every family, and all the ways in which a file can lie.

use super::writer::{Writer, header, string};
use super::*;
use crate::weights::checkpoint::Checkpoint;
use crate::weights::config::{ModelConfig, RopeScaling};
use crate::weights::families::family::Layer::{self, Convolution, Full, Sliding};
use crate::weights::families::family::Layers;
use crate::weights::families::find;
use crate::weights::fixtures::{reference, tiny_in_gguf};
use crate::weights::format::Format;
use crate::weights::source::open_path;
use proptest::prelude::*;
use std::rc::Rc;

fn open_bytes(bytes: Vec<u8>) -> Result<Checkpoint> {
    pollster::block_on(Checkpoint::open(vec![ModelFile { name: "m.gguf".to_owned(), source: Rc::new(bytes) }]))
}

fn error(bytes: Vec<u8>) -> Error {
    open_bytes(bytes).err().unwrap()
}

/// The GGUF keys of a configuration.
fn keys(c: &ModelConfig) -> Writer {
    let a = c.family.architecture();
    let rotated = (c.rotated != c.head_dim).then_some(("rope.dimension_count", c.rotated));
    let window = c.sliding_window.filter(|_| find(a).unwrap().layers != Layers::Full);
    let window = window.map(|n| ("attention.sliding_window", n));
    let of_layer = |kind: &Layer| if kind.has_attention() { c.kv_heads as u32 } else { 0 };
    let per_layer: Vec<u32> = c.kinds.iter().map(of_layer).collect();
    let (w, key) = (super::keys::shared(c), super::keys::kv_heads(c));
    let w = match c.taps {
        None => w.count(&key, c.kv_heads as u32),
        Some(taps) => w.key(&key, 9, &numbers(4, &per_layer)).count(&format!("{a}.shortconv.l_cache"), taps as u32),
    };
    let w =
        w.count("tokenizer.ggml.bos_token_id", c.bos_id.unwrap()).count("tokenizer.ggml.eos_token_id", c.stop_ids[0]);
    let w = window.into_iter().chain(rotated).fold(w, |w, (key, n)| w.count(&format!("{a}.{key}"), n as u32));
    let multiplied = |value: Option<f64>| value.filter(|_| c.family.multipliers);
    let mut floats = vec![
        ("attention.scale", multiplied(Some(c.attention_scale))),
        ("embedding_scale", multiplied(c.embedding_scale)),
        ("residual_scale", multiplied(c.residual_scale)),
        ("logit_scale", c.logit_scale.map(f64::recip)),
        ("attn_logit_softcapping", c.attention_cap),
        ("final_logit_softcapping", c.logit_cap),
        ("attention.temperature_scale", c.temperature.map(|t| t.beta)),
    ];
    let w = match &c.rope_scaling {
        RopeScaling::Yarn { factor, beta_fast, beta_slow, original_context, attention } => {
            // `mscale` is 1, and this is `mscale_all_dim`.
            let most = 0.1 * factor.ln() + 1.0;
            let all = (most / f64::from(*attention) - 1.0) / (0.1 * factor.ln());
            floats.push(("rope.scaling.factor", Some(*factor)));
            floats.push(("rope.scaling.yarn_beta_fast", Some(*beta_fast)));
            floats.push(("rope.scaling.yarn_beta_slow", Some(*beta_slow)));
            floats.push(("rope.scaling.yarn_log_multiplier", Some((1e4 * all).round() / 1e4)));
            w.text(&format!("{a}.rope.scaling.type"), "yarn")
                .count(&format!("{a}.rope.scaling.original_context_length"), *original_context as u32)
        }
        RopeScaling::Factors { divisors, attention } => {
            floats.push(("rope.scaling.attn_factor", Some(f64::from(*attention))));
            let data = divisors.iter().flat_map(|x| x.to_le_bytes()).collect();
            w.text(&format!("{a}.rope.scaling.type"), "longrope").tensor(
                "rope_factors_short.weight",
                &[divisors.len()],
                0,
                data,
            )
        }
        _ => w,
    };
    let floats = floats.into_iter().filter_map(|(key, value)| Some((key, value?)));
    floats.fold(w, |w, (key, value)| w.float(&format!("{a}.{key}"), value as f32))
}

/// An array of 32-bit integers of this type.
fn numbers(kind: u32, values: &[u32]) -> Vec<u8> {
    let count = (values.len() as u64).to_le_bytes();
    [kind.to_le_bytes().as_slice(), &count, &values.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<_>>()].concat()
}

/// GGML's number of the formats that the tiny models have.
fn kind(format: Format) -> u32 {
    [(Format::F32, 0), (Format::BF16, 30)].into_iter().find(|(f, _)| *f == format).unwrap().1
}

/// Rows as the converter writes them: within each head, the two halves interleaved.
fn interleave(data: &[u8], rows: usize, head_dim: usize) -> Vec<u8> {
    let row = data.len() / rows;
    let half = head_dim / 2;
    let order = (0..rows).map(|r| r / head_dim * head_dim + r % 2 * half + r % head_dim / 2);
    order.flat_map(|from| &data[from * row..(from + 1) * row]).copied().collect()
}

/// A tiny model as a GGUF file, and the checkpoint that it was made from. Names come from the oracle's table, whose
/// layer 11 stands for every layer.
pub(super) fn converted(name: &str) -> (Writer, Checkpoint) {
    let folder = reference(&format!("tiny/{name}"));
    let original = pollster::block_on(Checkpoint::open(open_path(&folder).unwrap())).unwrap();
    let config = &original.config;
    let names = std::fs::read_to_string(reference("gguf/names.json")).unwrap();
    let names: serde_json::Value = serde_json::from_str(&names).unwrap();
    let names = names[config.family.architecture()].as_object().unwrap();
    let mut writer = keys(config);
    // What the family fuses in GGUF: the parts' rows one after another.
    let fused = find(config.family.architecture()).unwrap().fused;
    for info in original.tensors() {
        let mut tensor = pollster::block_on(original.read(&info.name)).unwrap();
        let mut shape = info.shape.clone();
        let mut stored_as = info.name.clone();
        if let Some((whole, parts)) = fused.iter().find(|(_, parts)| parts.iter().any(|part| info.name.contains(part)))
        {
            if !info.name.contains(parts[0]) {
                continue;
            }
            stored_as = info.name.replace(parts[0], whole);
            for part in &parts[1..] {
                let next = pollster::block_on(original.read(&info.name.replace(parts[0], part))).unwrap();
                tensor.data.extend(next.data);
                shape[0] += next.shape[0];
            }
        }
        let (layer, general) = match stored_as.strip_prefix("model.layers.") {
            Some(rest) => (&rest[..1], format!("model.layers.11{}", &rest[1..])),
            None => ("", stored_as.clone()),
        };
        let general = general.replace(".bias", ".weight");
        let (gguf, _) = names.iter().find(|(_, canonical)| **canonical == general).unwrap();
        let mut gguf = gguf.replace("blk.11", &format!("blk.{layer}"));
        if info.name.ends_with(".bias") {
            gguf = gguf.replace(".weight", ".bias");
        }
        let rotated = info.name.contains("q_proj") || info.name.contains("k_proj");
        let data = match config.family.gguf_interleaved {
            true if rotated => interleave(&tensor.data, info.shape[0], config.head_dim),
            _ => tensor.data,
        };
        shape.retain(|&n| n != 1); // the converter leaves dimensions of one out
        writer = writer.tensor(&gguf, &shape, kind(info.format), data);
    }
    (writer, original)
}

#[test]
fn tiny_models_survive_conversion() {
    for name in tiny_in_gguf() {
        let (writer, original) = converted(&name);
        let found = open_bytes(writer.finish()).unwrap();
        let mut expected = original.config.clone();
        if let RopeScaling::Llama3 { .. } = expected.rope_scaling {
            // The converter turns this scaling into a tensor, which has its own test.
            expected.rope_scaling = RopeScaling::None;
        }
        expected.family = find(expected.family.architecture()).unwrap();
        if expected.family.layers == Layers::Full && expected.sliding_window.take().is_some() {
            // A window that GGUF has no key for in the family that this one becomes.
            expected.kinds.fill(Full);
        }
        assert_eq!(found.config, expected, "{name}");
        assert!(found.tensors().eq(original.tensors()), "{name}");
        for info in original.tensors() {
            let [a, b] = [&found, &original].map(|c| pollster::block_on(c.read(&info.name)).unwrap());
            assert_eq!(a, b, "{name} {}", info.name);
        }
    }
}

#[test]
fn names_agree_with_the_oracle() {
    let names = std::fs::read_to_string(reference("gguf/names.json")).unwrap();
    let names: std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>> =
        serde_json::from_str(&names).unwrap();
    for (architecture, pairs) in names {
        let family = find(&architecture).unwrap();
        for (gguf, canonical) in pairs {
            let layer = canonical.starts_with("model.layers.");
            assert_eq!(names::gguf_name(&canonical, family), layer.then(|| gguf.clone()));
            assert_eq!(names::canonical_name(&gguf, family), Some(canonical));
        }
    }
    for other in ["blk..attn_q.weight", "blk.-1.attn_q.weight", "blk.0.attn_q.scale", "blk.0", "v.blk.0.attn_q.weight"]
    {
        assert_eq!(names::canonical_name(other, find("llama").unwrap()), None, "{other}");
    }
}

#[test]
fn rotary_scaling_is_read() {
    let (llama, _) = converted("llama_tied");
    let scaling = |w: Writer| open_bytes(w.finish()).map(|c| c.config.rope_scaling);
    let linear = llama.clone().text("llama.rope.scaling.type", "linear").float("llama.rope.scaling.factor", 8.0);
    assert_eq!(scaling(linear).unwrap(), RopeScaling::Linear { factor: 8.0 });
    let factors: Vec<f32> = (1..=8).map(|n| n as f32).collect();
    let data: Vec<u8> = factors.iter().flat_map(|x| x.to_le_bytes()).collect();
    let with_factors = llama.clone().tensor("rope_freqs.weight", &[8], 0, data.clone());
    assert_eq!(scaling(with_factors).unwrap(), RopeScaling::Factors { divisors: factors, attention: 1.0 });
    let short = llama.clone().tensor("rope_freqs.weight", &[4], 0, data[..16].to_vec());
    assert_eq!(scaling(short).unwrap_err().code, Code::CorruptWeights);
    let yarn = scaling(llama.text("llama.rope.scaling.type", "yarn")).unwrap_err();
    assert!(yarn.code == Code::UnsupportedArchitecture && yarn.message.contains("llama.rope.scaling.type"), "{yarn}");
}

#[test]
fn gemma_patterns_may_be_a_period_or_a_list() {
    let (gemma, _) = converted("gemma3_tied");
    let kinds = |w: Writer| open_bytes(w.finish()).unwrap().config.kinds;
    let key = "gemma3.attention.sliding_window_pattern";
    assert_eq!(kinds(gemma.clone().count(key, 2)), [Sliding, Full, Sliding, Full, Sliding, Full]);
    let flags = [7_u32.to_le_bytes().as_slice(), &6_u64.to_le_bytes(), &[1, 0, 0, 0, 0, 1]].concat();
    assert_eq!(kinds(gemma.key(key, 9, &flags)), [Sliding, Full, Full, Full, Full, Sliding]);
}

#[test]
fn layers_without_key_and_value_heads_are_convolutions() {
    let (lfm2, _) = converted("lfm2_tied");
    let keys = |heads: &[u32]| {
        let mut writer = lfm2.clone();
        writer.keys.retain(|key| !contains(key, b"lfm2.attention.head_count_kv"));
        open_bytes(writer.key("lfm2.attention.head_count_kv", 9, &numbers(5, heads)).finish())
    };
    let found = keys(&[0, 2, 0, 2]).unwrap().config;
    assert_eq!((found.kinds, found.kv_heads, found.taps), (vec![Convolution, Full, Convolution, Full], 2, Some(3)));
    // Tensors of another kind, heads that differ, and a layer too few.
    for (heads, code) in [
        ([2, 2, 0, 2].as_slice(), Code::CorruptWeights),
        (&[0, 2, 0, 4], Code::UnsupportedArchitecture),
        (&[0, 2, 0], Code::CorruptWeights),
    ] {
        assert_eq!(keys(heads).err().unwrap().code, code, "{heads:?}");
    }
    // Nowhere else.
    let (llama, _) = converted("llama_tied");
    let mut writer = llama.clone();
    writer.keys.retain(|key| !contains(key, b"llama.attention.head_count_kv"));
    let e = error(writer.key("llama.attention.head_count_kv", 9, &numbers(4, &[0, 2, 2, 2])).finish());
    assert!(e.code == Code::UnsupportedArchitecture && e.message.contains("differs between layers"), "{e}");
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn what_is_not_implemented_is_named() {
    let (llama, _) = converted("llama_tied");
    let refused = [
        (llama.clone().count("llama.expert_count", 8), "llama.expert_count"),
        (llama.clone().count("llama.rope.dimension_count", 8), "llama.rope.dimension_count"),
        (llama.clone().count("llama.attention.sliding_window", 8), "llama.attention.sliding_window"),
        (llama.clone().float("llama.logit_scale", 0.5), "llama.logit_scale"),
        (llama.clone().tensor("blk.0.ffn_up.bias", &[128], 0, vec![0; 512]), "model.layers.0.mlp.up_proj.bias"),
        (Writer::default().text("general.architecture", "mamba"), "mamba"),
        (Writer::default().text("general.architecture", "lfm3"), "LFM3"),
    ];
    for (writer, named) in refused {
        let e = error(writer.finish());
        assert!(e.code == Code::UnsupportedArchitecture && e.message.contains(named), "{named}: {e}");
    }

    let mut exotic = llama;
    let embedding = &mut exotic.tensors[0].0;
    let at = embedding.len() - 4;
    embedding[at..].copy_from_slice(&22_u32.to_le_bytes());
    let e = error(exotic.finish());
    assert!(e.code == Code::UnsupportedFormat && e.message.contains("an i-quant"), "{e}");
}

#[test]
fn other_files_are_told_apart() {
    for (bytes, part) in [
        (b"\x01\x02\x03 nothing that is known".to_vec(), "does not begin"),
        (b"GGUF".to_vec(), "does not begin"),
        (header(1, 0, 0), "version 1"),
        (header(4, 0, 0), "version 4"),
        (header(3_u32.swap_bytes(), 0, 0), "big-endian"),
    ] {
        let e = error(bytes);
        assert!(e.code == Code::UnsupportedFormat && e.message.contains(part), "{e}");
    }
}

#[test]
fn a_gguf_file_that_is_no_language_model_is_named() {
    let llama = || Writer::default().text("general.architecture", "llama");
    let clip = Writer::default().text("general.architecture", "clip").key("clip.has_vision_encoder", 7, &[1]);
    let tokens = [8_u32.to_le_bytes().as_slice(), &1_u64.to_le_bytes(), &string("a")].concat();
    let cases = [
        (llama().text("general.type", "adapter").text("adapter.type", "lora"), "a LoRA adapter"),
        (
            llama().text("adapter.type", "lora").tensor("blk.0.attn_q.weight.lora_a", &[4], 0, vec![0; 16]),
            "a LoRA adapter",
        ),
        (llama().text("general.type", "mmproj"), "mmproj"),
        (clip.tensor("v.patch_embd.weight", &[4], 0, vec![0; 16]), "mmproj"),
        (Writer::default().text("general.type", "imatrix"), "imatrix"),
        (Writer::default().text("general.architecture", "controlvector"), "a control vector"),
        (llama().key("tokenizer.ggml.tokens", 9, &tokens), "a vocabulary without weights"),
    ];
    for (writer, part) in cases {
        let e = error(writer.finish());
        assert!(e.code == Code::UnsupportedFormat && e.message.contains(part), "{part}: {e}");
        assert!(!e.advice.contains("download it again"), "{e}");
    }
    // The usual type changes nothing.
    assert!(open_bytes(converted("llama_tied").0.text("general.type", "model").finish()).is_ok());
}

/// A model whose numbers are not finite opens, and says which tensor it is when that is read.
#[test]
fn scales_that_are_no_numbers_are_found() {
    let whole = std::fs::read(reference("gguf/formats.gguf")).unwrap();
    let checkpoint = open_bytes(whole.clone()).unwrap();
    let mut formats = Vec::new();
    for info in checkpoint.tensors() {
        let data = pollster::block_on(checkpoint.read(&info.name)).unwrap().data;
        // Of vectors, which are widened, the file holds other bytes.
        let Some(start) = whole.windows(data.len()).position(|window| window == data) else { continue };
        let [place, size] = match info.format {
            Format::F32 => [0, 4],
            Format::F16 | Format::BF16 => [0, 2],
            format => format.exponent().map_or_else(|| [format.halves()[0], 2], |at| [at, 1]),
        };
        let last = start + data.len() - info.format.block_bytes() + place;
        let mut bad = whole.clone();
        bad[last..last + size].fill(0xff);
        let e = pollster::block_on(open_bytes(bad).unwrap().read(&info.name)).unwrap_err();
        assert!(e.code == Code::CorruptWeights && e.message.contains(&info.name), "{e}");
        formats.push(info.format);
    }
    // Rows of other formats are moved when they are read; every format has a test where the blocks are.
    let some = [Format::F32, Format::F16, Format::BF16, Format::Q8_0, Format::Q6K];
    assert!(some.iter().all(|format| formats.contains(format)), "{formats:?}");
}

#[test]
fn absurd_claims_are_refused_before_anything_is_allocated() {
    let llama = || Writer::default().text("general.architecture", "llama");
    let lone = |key: &str, kind: u32, value: &[u8]| llama().key(key, kind, value).finish();
    let array = |kind: u32, count: u64| [kind.to_le_bytes().as_slice(), &count.to_le_bytes()].concat();
    let nested = |depth: usize| array(9, 1).repeat(depth);
    let with_tensor = |dimensions: u32, offset: u64| {
        let mut bytes = header(3, 1, 1);
        bytes.extend(llama().keys.concat());
        bytes.extend(string("token_embd.weight"));
        bytes.extend(dimensions.to_le_bytes());
        bytes.extend(u64::MAX.to_le_bytes().repeat(dimensions.min(4) as usize));
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend(offset.to_le_bytes());
        bytes
    };
    let cases = [
        header(3, 0, u64::MAX),
        header(3, u64::MAX, 0),
        [header(3, 0, 1), u64::MAX.to_le_bytes().to_vec()].concat(),
        lone("k", 8, &u64::MAX.to_le_bytes()),
        lone("k", 8, &(1_u64 << 40).to_le_bytes()),
        lone("k", 99, &[]),
        lone("k", 9, &array(99, 1)),
        lone("k", 9, &array(0, u64::MAX)),
        lone("k", 9, &array(8, 1 << 40)),
        lone("k", 9, &[nested(40), vec![0; 64]].concat()),
        lone("general.alignment", 4, &3_u32.to_le_bytes()),
        lone("general.alignment", 4, &(1_u32 << 31).to_le_bytes()),
        lone("general.alignment", 8, &string("32")),
        llama().count("k", 1).count("k", 2).finish(),
        with_tensor(5, 0),
        with_tensor(2, 0),
        with_tensor(2, 1),
        with_tensor(2, u64::MAX - 31),
    ];
    for (i, bytes) in cases.into_iter().enumerate() {
        let code = error(bytes).code;
        assert_eq!(code, Code::CorruptWeights, "case {i}");
    }
    for (name, n) in [("block_count", 0), ("block_count", 1 << 30), ("attention.head_count", 0)] {
        let (mut writer, _) = converted("llama_tied");
        let prefix = string(&format!("llama.{name}"));
        let key = writer.keys.iter_mut().find(|k| k.starts_with(&prefix)).unwrap();
        let at = key.len() - 4;
        key[at..].copy_from_slice(&(n as u32).to_le_bytes());
        assert_eq!(error(writer.finish()).code, Code::CorruptWeights, "{name} {n}");
    }
}

#[test]
fn long_foreign_arrays_are_stepped_over() {
    let array = |kind: u32, count: u64| [kind.to_le_bytes().as_slice(), &count.to_le_bytes()].concat();
    let (writer, _) = converted("llama_tied");
    let writer = writer
        .key("imatrix.numbers", 9, &[array(10, 5000), vec![0; 40_000]].concat())
        .key("imatrix.files", 9, &[array(8, 5000), string("x").repeat(5000)].concat())
        .key("imatrix.nested", 9, &[array(9, 2), array(8, 1), string("x"), array(0, 3), vec![0; 3]].concat());
    assert!(open_bytes(writer.finish()).is_ok());
}

#[test]
fn a_cut_file_is_an_error_wherever_it_ends() {
    let whole = std::fs::read(reference("gguf/formats.gguf")).unwrap();
    for length in (0..whole.len()).step_by(97) {
        let e = error(whole[..length].to_vec());
        let expected = if length < 24 { Code::UnsupportedFormat } else { Code::CorruptWeights };
        assert_eq!(e.code, expected, "{length}: {e}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is written over the header, opening and reading end with a value or a typed error.
    #[test]
    fn damaged_headers_never_panic(changes in prop::collection::vec((0_usize..1800, any::<u8>()), 1..8), wide in any::<u64>(), at in 0_usize..1800) {
        let mut bytes = std::fs::read(reference("gguf/formats.gguf")).unwrap();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        if wide % 2 == 0 {
            bytes[at..at + 8].copy_from_slice(&wide.rotate_right(wide as u32 >> 8 & 63).to_le_bytes());
        }
        match open_bytes(bytes) {
            Ok(checkpoint) => {
                for info in checkpoint.tensors() {
                    // A tensor that was moved may have anything for a scale.
                    let read = pollster::block_on(checkpoint.read(&info.name));
                    prop_assert!(read.err().is_none_or(|e| e.code == Code::CorruptWeights));
                }
            }
            Err(e) => prop_assert!(e.code != Code::Internal, "{}", e),
        }
    }
}
