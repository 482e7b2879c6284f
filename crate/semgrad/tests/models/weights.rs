//! Weights that are no numbers, and weights whose products are none: never a bug of ours, never a score.

use crate::common::*;
use safetensors::SafeTensors;
use semgrad::answer::Model;
use semgrad::answer::record::Request;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::device::Device;
use semgrad::engines::Embedder;
use semgrad::weights::checkpoint::Checkpoint;
use semgrad::weights::encoder::EncoderCheckpoint;
use semgrad::weights::source::{ModelFile, open_path};
use semgrad::{Code, Error, Result};
use std::rc::Rc;

/// The files of a reference model, one tensor filled with a number of its own width.
fn filled(path: &str, tensor: &str, number: &[u8]) -> Vec<ModelFile> {
    let mut files = open_path(&reference(path)).unwrap();
    files.retain(|file| file.name != "model.safetensors");
    let mut bytes = std::fs::read(reference(path).join("model.safetensors")).unwrap();
    let held = SafeTensors::deserialize(&bytes).unwrap();
    let data = held.tensor(tensor).unwrap().data();
    let start = data.as_ptr() as usize - bytes.as_ptr() as usize;
    let end = start + data.len();
    bytes[start..end].chunks_exact_mut(number.len()).for_each(|value| value.copy_from_slice(number));
    files.push(ModelFile { name: "model.safetensors".to_owned(), source: Rc::new(bytes) });
    files
}

/// The largest BF16, and infinity.
const LARGEST: [u8; 2] = 0x7f7f_u16.to_le_bytes();
const INFINITE: [u8; 2] = 0x7f80_u16.to_le_bytes();

#[test]
fn a_model_with_infinite_weights_does_not_load() {
    for choice in choices() {
        let name = "model.layers.1.mlp.down_proj.weight";
        let files = filled("tiny/llama_tied", name, &INFINITE);
        let loaded = pollster::block_on(async {
            let checkpoint = Checkpoint::open(files).await?;
            let device = Device::open(choice).await?;
            Model::load(&checkpoint, &device, None, &Pacer::new(&Uninterrupted), &mut |_, _, _| ()).await
        });
        let error = loaded.err().unwrap();
        assert!(error.code == Code::CorruptWeights && error.message.contains(name), "{error}");
    }
}

#[test]
fn numbers_that_overflow_are_an_error_however_an_answer_comes() {
    for choice in choices() {
        let files = filled("tiny/llama_tied", "model.layers.0.mlp.up_proj.weight", &LARGEST);
        let model = pollster::block_on(async {
            let checkpoint = Checkpoint::open(files).await?;
            let device = Device::open(choice).await?;
            Model::load(&checkpoint, &device, None, &Pacer::new(&Uninterrupted), &mut |_, _, _| ()).await
        })
        .unwrap();
        let prompt = Request { prompt_ids: Some(vec![15, 229, 117]), max_tokens: Some(3), ..Request::default() };
        for request in [
            prompt.clone(),
            Request { temperature: Some(1.0), seed: Some(1), ..prompt.clone() },
            Request { response_ids: Some(vec![5, 6]), ..prompt.clone() },
            Request { samples: Some(2), methods: Some(vec!["ln_pe".to_owned()]), ..prompt },
        ] {
            let error = run(&model, request).unwrap_err();
            assert!(error.code == Code::CorruptWeights && error.message.contains("logits"), "{error}");
        }
    }
}

#[test]
fn an_encoder_that_overflows_gives_no_comparison() {
    let largest = f32::MAX.to_le_bytes();
    let pacer = Pacer::new(&Uninterrupted);
    for choice in choices() {
        let outcome: Result<()> = pollster::block_on(async {
            let device = Device::open(choice).await?;
            let files = filled("encoders/bert_embedding", "encoder.layer.0.intermediate.dense.weight", &largest);
            let checkpoint = EncoderCheckpoint::open(files).await?;
            let embedder = Embedder::load(&checkpoint, &device, &pacer, &mut |_, _, _| ()).await?;
            embedder.embed(&["one", "two"], &pacer, &mut |_, _| ()).await.map(|_| ())
        });
        let error: Error = outcome.unwrap_err();
        assert!(error.code == Code::CorruptWeights && error.message.contains("vectors"), "{error}");
    }
}
