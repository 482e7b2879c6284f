//! llama.cpp's files: names, order of rows, α, and damaged ones.

use super::*;
use crate::adapter::fixtures::{config, drawn, error, file, open};
use crate::weights::families::find;
use crate::weights::fixtures::tiny_in_gguf;
use proptest::prelude::*;

fn single(adapter: &Adapter, config: &ModelConfig) -> Vec<u8> {
    write(adapter, config).unwrap()
}

fn one(bytes: Vec<u8>) -> Vec<ModelFile> {
    vec![file("a.gguf", bytes)]
}

/// The keys that every file has.
fn head(architecture: &str) -> Writer {
    Writer::default()
        .text("general.architecture", architecture)
        .text("general.type", "adapter")
        .text("adapter.type", "lora")
}

/// A file with one layer's matrices under a name, in single precision.
fn with_layer(keys: Writer, name: &str, pair: &Pair) -> Writer {
    keys.tensor(&format!("{name}.lora_a"), &[pair.rank, pair.inputs], 0, bytes(&pair.a)).tensor(
        &format!("{name}.lora_b"),
        &[pair.outputs, pair.rank],
        0,
        bytes(&pair.b),
    )
}

fn queries(config: &ModelConfig) -> (String, Pair) {
    drawn(config, 2, 4.0, |name| name == "model.layers.1.self_attn.q_proj").pairs.pop_first().unwrap()
}

/// Rows of B as `convert_hf_to_gguf.py` of llama.cpp permutes those of a weight: each head's halves interleaved.
fn permuted(b: &[f32], head_dim: usize, rank: usize) -> Vec<f32> {
    let heads = b.chunks_exact(head_dim * rank);
    let row = |head: &[f32], at: usize| {
        let from = at % 2 * head_dim / 2 + at / 2;
        head[from * rank..(from + 1) * rank].to_vec()
    };
    heads.flat_map(|head| (0..head_dim).flat_map(move |at| row(head, at))).collect()
}

/// Where the bytes of these numbers are in a file.
fn holds(file: &[u8], numbers: &[f32]) -> bool {
    let wanted = bytes(numbers);
    file.windows(wanted.len()).any(|window| window == wanted)
}

#[test]
fn rows_of_queries_and_keys_alone_are_moved_and_only_in_some_families() {
    for model in tiny_in_gguf() {
        let config = config(&model);
        let first = config.kinds.iter().position(|kind| kind.has_attention()).unwrap();
        let adapter = drawn(&config, 3, 6.0, |name| name.contains(&format!(".{first}.self_attn.")));
        let family = find(config.family.architecture()).unwrap();
        // As it is when a file was read once, where the family has fewer layers in it.
        let adapter = fused::split(fused::fuse(&adapter, &config, family.fused), &config, family.fused);
        let file = single(&adapter, &config);
        let interleaved =
            ["llama", "mistral", "ministral3", "smollm3", "granite"].iter().any(|kin| model.starts_with(kin));
        for (layer, pair) in &fused::fuse(&adapter, &config, family.fused).pairs {
            let rotated = layer.ends_with("q_proj") || layer.ends_with("k_proj");
            let moved = permuted(&pair.b, config.head_dim, pair.rank);
            assert_ne!(moved, pair.b);
            let expected = rotated && interleaved;
            assert_eq!((holds(&file, &moved), holds(&file, &pair.b)), (expected, !expected), "{model} {layer}");
            assert!(holds(&file, &pair.a), "{model} {layer}");
        }
        assert_eq!(open(one(file), &config).unwrap().pairs, adapter.pairs, "{model}");
    }
}

#[test]
fn alpha_is_divided_by_each_layers_rank_and_none_is_a_factor_of_one() {
    let config = config("llama_tied");
    let (name, pair) = queries(&config);
    for (keys, scale) in [
        (head("llama"), 1.0),
        (head("llama").float(ALPHA, 0.0), 1.0),
        (head("llama").float(ALPHA, 5.0), 2.5),
        (head("llama").float(ALPHA, -1.0), -0.5),
    ] {
        let found = open(one(with_layer(keys, "blk.1.attn_q.weight", &pair).finish()), &config).unwrap();
        assert_eq!(found.pairs[&name].scale, scale);
        // Which both kinds of file can say.
        let again = open(one(single(&found, &config)), &config).unwrap();
        assert_eq!(again.pairs, found.pairs);
        let folder = crate::adapter::peft::write(&found, &config).unwrap();
        assert_eq!(open(crate::adapter::fixtures::files(&folder), &config).unwrap().pairs, found.pairs);
    }
}

#[test]
fn other_formats_and_flat_vectors_are_read() {
    let config = config("qwen2_tied");
    let (name, pair) = queries(&config);
    let narrow =
        |numbers: &[f32]| numbers.iter().flat_map(|x| half::f16::from_f32(*x).to_le_bytes()).collect::<Vec<u8>>();
    let halves = head("qwen2").tensor("blk.1.attn_q.weight.lora_a", &[2, pair.inputs], 1, narrow(&pair.a)).tensor(
        "blk.1.attn_q.weight.lora_b",
        &[pair.outputs, 2],
        0,
        bytes(&pair.b),
    );
    let found = open(one(halves.finish()), &config).unwrap();
    let rounded: Vec<f32> = pair.a.iter().map(|x| half::f16::from_f32(*x).to_f32()).collect();
    assert_eq!((&found.pairs[&name].a, &found.pairs[&name].b), (&rounded, &pair.b));
    // 8 bits: two blocks of 32 a row, of scale 1 and ones.
    let block = [&half::f16::ONE.to_le_bytes()[..], &[1; 32]].concat();
    let packed = head("qwen2").tensor("blk.1.attn_q.weight.lora_a", &[2, 64], 8, block.repeat(4)).tensor(
        "blk.1.attn_q.weight.lora_b",
        &[pair.outputs, 2],
        0,
        bytes(&pair.b),
    );
    assert_eq!(open(one(packed.finish()), &config).unwrap().pairs[&name].a, vec![1.0; 128]);
    // GGML writes A of rank 1 as a vector.
    let flat = head("qwen2").tensor("blk.1.attn_q.weight.lora_a", &[64], 0, bytes(&pair.a[..64])).tensor(
        "blk.1.attn_q.weight.lora_b",
        &[pair.outputs, 1],
        0,
        bytes(&pair.b[..pair.outputs]),
    );
    let found = open(one(flat.finish()), &config).unwrap();
    assert_eq!((found.about.rank, found.about.alpha, found.pairs[&name].scale), (1, 1.0, 1.0));
}

#[test]
fn what_asks_for_more_than_lora_is_refused_by_name() {
    let config = config("llama_tied");
    let (_, pair) = queries(&config);
    let layer = |keys: Writer, name: &str| with_layer(keys, name, &pair).finish();
    let tokens = [5_u32.to_le_bytes().as_slice(), &1_u64.to_le_bytes(), &7_u32.to_le_bytes()].concat();
    let q = "blk.1.attn_q.weight";
    for (bytes, code, part) in [
        (
            layer(Writer::default().text("general.architecture", "llama").text("adapter.type", "dora"), q),
            Code::UnsupportedFormat,
            "dora",
        ),
        (layer(head("llama").key(INVOCATION, 9, &tokens), q), Code::UnsupportedFormat, "activated LoRA"),
        (layer(head("qwen2"), q), Code::BadInput, "Qwen2"),
        (layer(head("mamba"), q), Code::UnsupportedArchitecture, "mamba"),
        (layer(head("llama"), "output.weight"), Code::UnsupportedFormat, "the head"),
        (layer(head("llama"), "token_embd.weight"), Code::UnsupportedFormat, "the embedding"),
        (layer(head("llama"), "blk.0.ffn_gate_exps.weight"), Code::UnsupportedFormat, "mixtures of experts"),
        (layer(head("llama"), "blk.0.attn_qkv.weight"), Code::BadInput, "attn_qkv"),
        (layer(head("llama"), "blk.9.attn_v.weight"), Code::BadInput, "layers.9"),
        (
            head("llama").tensor("blk.0.attn_norm.weight", &[64], 0, vec![0; 256]).finish(),
            Code::UnsupportedFormat,
            "beside LoRA",
        ),
        (
            head("llama").tensor("blk.0.attn_q.weight.lora_a", &[2, 64], 0, vec![0; 512]).finish(),
            Code::CorruptWeights,
            "only one",
        ),
        (head("llama").finish(), Code::CorruptWeights, "no layer"),
    ] {
        let e = error(one(bytes), &config);
        assert!(e.code == code && e.message.contains(part), "{part}: {e}");
    }
    // A head that is cut through cannot be put in order.
    let odd = Pair { outputs: 24, b: pair.b[..48].to_vec(), ..pair.clone() };
    let e = error(one(with_layer(head("llama"), q, &odd).finish()), &config);
    assert!(e.code == Code::BadInput && e.message.contains("24 outputs"), "{e}");
}

#[test]
fn a_cut_file_is_an_error_wherever_it_ends() {
    let config = config("llama_tied");
    let whole = single(&drawn(&config, 2, 4.0, |name| name.contains(".1.self_attn.")), &config);
    for length in (0..whole.len()).step_by(31) {
        let e = error(one(whole[..length].to_vec()), &config);
        let expected = if length < 24 { Code::UnsupportedFormat } else { Code::CorruptWeights };
        assert_eq!(e.code, expected, "{length}: {e}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is written over the header, opening ends with an adapter that fits, or with a typed error.
    #[test]
    fn damaged_files_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let config = config("llama_tied");
        let mut bytes = single(&drawn(&config, 2, 4.0, |name| name.contains(".1.self_attn.")), &config);
        for (at, byte) in changes {
            bytes[at.index(1200)] = byte;
        }
        match open(one(bytes), &config) {
            Ok(adapter) => prop_assert_eq!(adapter.check(&config, None), Ok(())),
            Err(e) => prop_assert!(e.code != Code::Internal, "{}", e),
        }
    }
}
