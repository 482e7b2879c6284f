//! Both kinds of file: what one holds the other holds too, and the files that PEFT made.

use super::data::alpha_of;
use super::fixtures::{config, drawn, error, file, files, open};
use super::*;
use crate::error::Code;
use crate::weights::fixtures::{reference, tiny, tiny_in_gguf};
use crate::weights::source::open_path;
use safetensors::SafeTensors;
use sha2::{Digest, Sha256};

/// Folders below one of the reference files' and the tiny model that each belongs to.
fn cases(kind: &str) -> Vec<(String, String)> {
    let mut cases = Vec::new();
    for model in tiny() {
        let folders = std::fs::read_dir(reference(&format!("adapters/{model}"))).unwrap();
        let names = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        cases.extend(names.filter(|name| name.starts_with(kind)).map(|name| (model.clone(), name)));
        assert!(cases.iter().any(|(of, _)| *of == model), "{model} has no adapter");
    }
    cases.sort();
    cases
}

fn made_by_peft(model: &str, name: &str) -> Adapter {
    open(open_path(&reference(&format!("adapters/{model}/{name}"))).unwrap(), &config(model)).unwrap()
}

#[test]
fn folders_of_peft_are_read() {
    for (model, name) in cases("peft_") {
        let (adapter, config) = (made_by_peft(&model, &name), config(&model));
        let adapter = fused::fuse(&adapter, &config, config.family.fused);
        let path = reference(&format!("adapters/{model}/{name}/adapter_model.safetensors"));
        let bytes = std::fs::read(path).unwrap();
        let stored = SafeTensors::deserialize(&bytes).unwrap();
        assert_eq!(2 * adapter.pairs.len(), stored.len(), "{model} {name}");
        for (layer, pair) in &adapter.pairs {
            let halves =
                [("lora_A", [pair.rank, pair.inputs], &pair.a), ("lora_B", [pair.outputs, pair.rank], &pair.b)];
            for (half, shape, found) in halves {
                let tensor = stored.tensor(&format!("base_model.model.{layer}.{half}.weight")).unwrap();
                let expected: Vec<f32> = match tensor.dtype() {
                    safetensors::Dtype::F32 => {
                        tensor.data().as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
                    }
                    safetensors::Dtype::BF16 => {
                        let bits = tensor.data().as_chunks().0.iter().map(|b| u32::from(u16::from_le_bytes(*b)));
                        bits.map(|bits| f32::from_bits(bits << 16)).collect()
                    }
                    other => panic!("{other:?}"),
                };
                assert_eq!((tensor.shape(), found), (shape.as_slice(), &expected), "{model} {name} {layer} {half}");
            }
        }
        let scales = adapter.pairs.iter().map(|(layer, pair)| (layer.as_str(), pair.scale));
        // As `make.py` asks PEFT for them.
        let expected = |layer: &str| match name.as_str() {
            "peft_qv" => 4.0 / 2.0,
            "peft_all" => (3.0 / 2_f64.sqrt()) as f32,
            "peft_pattern" if layer == "model.layers.3.self_attn.v_proj" => 6.0 / 2.0,
            "peft_pattern" if layer.ends_with("q_proj") => 4.0 / 3.0,
            "peft_pattern" => 4.0 / 2.0,
            other => panic!("{other}"),
        };
        for (layer, scale) in scales {
            assert!((scale - expected(layer)).abs() <= f32::EPSILON * scale, "{model} {name} {layer}: {scale}");
        }
    }
}

/// What we write of PEFT's adapters is what `check.py` gave to `peft`, `gguf` and llama.cpp.
#[test]
fn what_is_written_was_checked_by_others() {
    let mut moved = Vec::new();
    for (model, case) in cases("peft_") {
        let ours = case.replace("peft_", "ours_");
        let config = config(&model);
        let mut adapter = made_by_peft(&model, &case);
        let base = std::fs::read(reference(&format!("tiny/{model}/model.safetensors"))).unwrap();
        adapter.about.base = Some(Sha256::digest(base).iter().map(|byte| format!("{byte:02x}")).collect());
        let mut written = peft::write(&adapter, &config).unwrap().to_vec();
        // One α for all layers is all that GGUF can say.
        match gguf::write(&adapter, &config) {
            Ok(bytes) => written.push(("adapter.gguf", bytes)),
            Err(e) if case == "peft_pattern" => assert!(e.message.contains("another α"), "{e}"),
            Err(e) => {
                assert!(!config.family.in_gguf && e.code == Code::UnsupportedArchitecture, "{e}");
                assert!(e.message.contains(config.family.title), "{e}");
            }
        }
        for (name, bytes) in written {
            let committed = reference(&format!("adapters/{model}/{ours}/{name}"));
            if std::fs::read(&committed).ok().as_ref() != Some(&bytes) {
                let new = std::env::temp_dir().join(format!("semgrad-adapters/{model}/{ours}/{name}"));
                std::fs::create_dir_all(new.parent().unwrap()).unwrap();
                std::fs::write(&new, bytes).unwrap();
                moved.push(new.display().to_string());
            }
        }
    }
    assert!(
        moved.is_empty(),
        "these differ from tests/reference/adapters: {moved:#?}\nIf that is meant, put them there, and run \
         `python3 tests/reference/regenerate.py adapters`, which gives them to other programs."
    );
}

#[test]
fn an_adapter_is_the_same_from_either_kind_of_file() {
    for model in tiny_in_gguf() {
        let config = config(&model);
        let rs = 16.0 * 6_f64.sqrt();
        for (rank, alpha) in [(8, 16.0), (6, rs), (1, 2.0), (3, 1.0), (7, -0.3)] {
            let made = drawn(&config, rank, alpha, |name| name.contains(".1.") || name.ends_with("v_proj"));
            // As it is when its files were read once, where a family has fewer layers in them.
            let fused = config.family.fused;
            let made = fused::split(fused::fuse(&made, &config, fused), &config, fused);
            let folder = peft::write(&made, &config).unwrap();
            let single = gguf::write(&made, &config).unwrap();
            let folder = open(files(&folder), &config).unwrap();
            let single = open(vec![file("adapter.gguf", single)], &config).unwrap();
            for found in [&folder, &single] {
                assert_eq!(found.pairs, made.pairs, "{model} rank {rank}");
                assert_eq!(found.hash(), made.hash());
                assert_eq!((&found.about.base, &found.about.base_name), (&made.about.base, &made.about.base_name));
                assert_eq!((found.about.rank, found.about.alpha as f32), (rank, alpha as f32));
            }
            // And written once more.
            assert_eq!(peft::write(&folder, &config).unwrap(), peft::write(&single, &config).unwrap());
            assert_eq!(gguf::write(&folder, &config).unwrap(), gguf::write(&single, &config).unwrap());
        }
    }
}

#[test]
fn the_hash_follows_every_part() {
    let made = drawn(&config("llama_tied"), 2, 4.0, |name| name.ends_with("q_proj"));
    let mut seen = vec![made.hash()];
    let edits: [fn(&mut Pair); 5] = [
        |pair| pair.scale *= 2.0,
        |pair| pair.a[5] = 0.5,
        |pair| pair.b[7] = 0.5,
        |pair| std::mem::swap(&mut pair.a, &mut pair.b),
        |pair| pair.rank = 1,
    ];
    for edit in edits {
        let mut other = made.clone();
        other.pairs.values_mut().take(1).for_each(edit);
        seen.push(other.hash());
    }
    let mut renamed = made.clone();
    let pair = renamed.pairs.remove("model.layers.0.self_attn.q_proj").unwrap();
    renamed.pairs.insert("model.layers.0.self_attn.o_proj".to_owned(), pair);
    seen.push(renamed.hash());
    // Where it comes from changes nothing.
    assert_eq!(Adapter { about: About::default(), ..made.clone() }.hash(), made.hash());
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), count);
    assert!(seen.iter().all(|hash| hash.len() == 64));
}

#[test]
fn alpha_is_found_again_from_a_scale() {
    for rank in 1..=130 {
        for alpha in [16.0, 1.0, 0.1, -3.0, 16.0 * (rank as f64).sqrt(), 1e-6, 12345.678] {
            let scaled = scale(alpha, rank);
            assert_eq!(scale(alpha_of(scaled, rank), rank), scaled, "{alpha} {rank}");
        }
    }
}

#[test]
fn an_adapter_of_another_model_is_named() {
    let config = config("llama_tied");
    let made = drawn(&config, 2, 4.0, |_| true);
    let base = made.about.base.clone().unwrap();
    assert_eq!(made.check(&config, Some(&base.to_uppercase())), Ok(()));
    assert_eq!(made.check(&config, None), Ok(()));
    assert_eq!(
        Adapter { about: About { base: None, ..made.about.clone() }, ..made.clone() }.check(&config, Some("f")),
        Ok(())
    );
    let e = made.check(&config, Some(&"f".repeat(64))).unwrap_err();
    assert!(e.code == Code::BadInput && e.message.contains(&base) && e.advice.contains("`org/base-135M`"), "{e}");

    let wider = ModelConfig { intermediate: 200, ..config.clone() };
    let e = made.check(&wider, None).unwrap_err();
    assert!(e.code == Code::BadInput && e.message.contains("model.layers.0.mlp.down_proj"), "{e}");
    assert!(e.message.contains("128 inputs and 64 outputs, this model's has 200 and 64"), "{e}");
    let shallow = ModelConfig { layers: 2, kinds: config.kinds[..2].to_vec(), ..config.clone() };
    let e = made.check(&shallow, None).unwrap_err();
    assert!(e.message.contains("`model.layers.2.") && e.message.contains("has 2 layers"), "{e}");
}

#[test]
fn what_is_no_linear_layer_is_named() {
    let config = config("llama_untied");
    for (name, code, part) in [
        ("lm_head", Code::UnsupportedFormat, "the head"),
        ("model.embed_tokens", Code::UnsupportedFormat, "the embedding"),
        ("model.layers.0.mlp.experts.3.up_proj", Code::UnsupportedFormat, "mixtures of experts"),
        ("blk.0.ffn_up_exps.weight", Code::UnsupportedFormat, "mixtures of experts"),
        ("model.layers.0.self_attn.qkv_proj", Code::BadInput, "no linear layer"),
        ("model.layers.0.input_layernorm", Code::BadInput, "no linear layer"),
        ("model.layers.00.self_attn.q_proj", Code::BadInput, "no linear layer"),
        ("", Code::BadInput, "no linear layer"),
    ] {
        let mut adapter = drawn(&config, 2, 4.0, |name| name == "model.layers.0.self_attn.q_proj");
        let (_, pair) = adapter.pairs.pop_first().unwrap();
        adapter.pairs.insert(name.to_owned(), pair);
        let e = adapter.check(&config, None).unwrap_err();
        assert!(e.code == code && e.message.contains(part) && e.message.contains(name), "{name}: {e}");
    }
}

#[test]
fn an_adapter_that_contradicts_itself_is_not_used() {
    let config = config("llama_tied");
    type Edit = fn(&mut Adapter);
    let edits: [(Edit, &str); 9] = [
        (|adapter| adapter.pairs.clear(), "no layer"),
        (|adapter| adapter.about.rank = 0, "rank 0"),
        (|adapter| adapter.about.alpha = f64::NAN, "NaN"),
        (|adapter| first(adapter).rank = 0, "rank 0"),
        (|adapter| first(adapter).rank = 3, "another number"),
        (|adapter| first(adapter).outputs = usize::MAX, "another number"),
        (|adapter| first(adapter).b.truncate(5), "another number"),
        (|adapter| first(adapter).a[3] = f32::INFINITY, "NaN or infinity"),
        (|adapter| first(adapter).scale = f32::NAN, "NaN or infinity"),
    ];
    for (edit, part) in edits {
        let mut adapter = drawn(&config, 2, 4.0, |_| true);
        edit(&mut adapter);
        let errors = [
            adapter.check(&config, None).err(),
            peft::write(&adapter, &config).err(),
            gguf::write(&adapter, &config).err(),
        ];
        for e in errors.map(Option::unwrap) {
            assert!(e.code == Code::CorruptWeights && e.message.contains(part), "{part}: {e}");
        }
    }
}

fn first(adapter: &mut Adapter) -> &mut Pair {
    adapter.pairs.values_mut().next().unwrap()
}

#[test]
fn a_model_is_no_adapter() {
    let config = config("llama_tied");
    for path in ["tiny/llama_tied", "gguf/formats.gguf"] {
        let e = error(open_path(&reference(path)).unwrap(), &config);
        assert!(e.code == Code::UnsupportedFormat && e.message.contains("a whole model, not an adapter"), "{e}");
        assert!(!e.message.contains("GGUF: "), "{e}");
    }
    for (files, code, part) in [
        (vec![], Code::BadInput, "neither"),
        (vec![file("notes.txt", "x"), file("more.txt", "y")], Code::BadInput, "neither"),
        (vec![file("adapter", "<!doctype html>")], Code::UnsupportedFormat, "a web page"),
        (vec![file("adapter.gguf", "<!doctype html>")], Code::UnsupportedFormat, "a web page"),
        (vec![file("adapter.bin", b"\x80\x02abc")], Code::UnsupportedFormat, "pickle"),
        (vec![file("x/adapter_model.safetensors", "")], Code::BadInput, "adapter_config.json"),
        (vec![file("x/adapter_config.json", "{}")], Code::BadInput, "adapter_model.safetensors"),
        (vec![file("adapter_config.json", "{}"), file("adapter_model.bin", "")], Code::UnsupportedFormat, "PyTorch"),
        (vec![file("a.gguf", ""), file("b.gguf", "")], Code::BadInput, "several"),
        (vec![file("imatrix.gguf", imatrix())], Code::UnsupportedFormat, "imatrix"),
    ] {
        let e = error(files, &config);
        assert!(e.code == code && e.message.contains(part), "{part}: {e}");
    }
}

fn imatrix() -> Vec<u8> {
    crate::weights::gguf::writer::Writer::default().text("general.type", "imatrix").finish()
}
