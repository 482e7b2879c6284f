//! Gradients against central differences of the loss, per architecture: at hidden states in 20 random coordinates, and of
//! the weights of linear layers, which a sink makes of what the backward pass hands it.

use crate::common::*;
use crate::hidden::Hidden;
use burn::tensor::{Tensor, TensorData};
use rand::{RngExt, SeedableRng};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::device::Choice;
use semgrad::device::Device;
use semgrad::evidence::loss::Loss;
use semgrad::evidence::pass::Pass;
use semgrad::generate::statistics::Distribution;
use semgrad::generate::suffix::Interest;
use semgrad::generate::{Session, Silent, teacher_force};
use semgrad::model::cache::Cache;
use semgrad::model::decoder::Decoder;
use semgrad::model::gradients::Gradients;
use semgrad::ops::read;
use semgrad::weights::checkpoint::Checkpoint;
use semgrad::weights::source::{ModelFile, open_path};
use std::collections::HashMap;
use std::rc::Rc;

/// ℒ = −(1/T) Σ ω_t ln p_t for fixed weights ω, from hidden state `layer` `[positions, hidden]` of the whole sequence.
fn loss(decoder: &Decoder, layer: usize, hidden: &[f32], prompt: usize, response: &[u32], weights: &[f64]) -> f64 {
    let width = decoder.config.hidden;
    let tokens = hidden.len() / width;
    let x = Tensor::from_data(TensorData::new(hidden.to_vec(), [tokens, width]), &decoder.device.burn);
    let span = decoder.span(0, tokens);
    let mut cache = Cache::new(decoder.config.layers);
    let pacer = Pacer::new(&Uninterrupted);
    let layers = layer..decoder.config.layers;
    let top = pollster::block_on(decoder.forward(x, layers, &span, &mut cache, &pacer, &mut |_, _, _| ())).unwrap();
    let heads = decoder.final_norm().forward(semgrad::ops::cut_rows(top, prompt - 1, response.len()));
    let logits = pollster::block_on(read(decoder.logits(heads))).unwrap();
    let rows = logits.chunks_exact(decoder.head().rows());
    let terms =
        rows.zip(response).zip(weights).map(|((row, &id), w)| w * Distribution::new(row).statistics(row, id).logprob);
    -terms.sum::<f64>() / response.len() as f64
}

/// Steps of the fit, and how far the largest goes, in units of the hidden state's root mean square.
const STEPS: usize = 24;
const REACH: f32 = 0.5;
/// The same for a weight, in units of its matrix.
const WEIGHT_REACH: f32 = 2.0;
/// And no further than where the loss would have moved by this: beyond, it bends too much for the fit.
pub const MOST: f64 = 0.05;

/// Least-squares a1 of y = a1·x + a3·x³ + a5·x⁵ + a7·x⁷.
pub fn slope(points: &[(f64, f64)]) -> f64 {
    const TERMS: usize = 4;
    let unit = points.iter().fold(0.0f64, |m, p| m.max(p.0));
    let mut system = [[0.0; TERMS + 1]; TERMS]; // normal equations with their right-hand side
    for &(x, y) in points {
        let x = x / unit;
        let basis = [x, x.powi(3), x.powi(5), x.powi(7)];
        for (row, b) in system.iter_mut().zip(basis) {
            for (entry, other) in row.iter_mut().zip(basis.iter().chain([&y])) {
                *entry += b * other;
            }
        }
    }
    // Positive definite and tiny: elimination from the last term up leaves a1 in the first row.
    for pivot in (1..TERMS).rev() {
        let solved = system[pivot];
        for row in &mut system[..pivot] {
            let factor = row[pivot] / solved[pivot];
            row.iter_mut().zip(solved).for_each(|(entry, s)| *entry -= factor * s);
        }
    }
    system[0][TERMS] / system[0][0] / unit
}

#[test]
fn hidden_state_gradients_equal_central_differences() {
    for name in &tiny() {
        let golden = golden(name);
        let (prompt, response) = (ids(&golden["prompt_ids"]), ids(&golden["response_ids"]));
        let semantic = golden["semantic_index"].as_u64().unwrap() as usize;
        let model = load(&reference(&format!("tiny/{name}")), Choice::Cpu);
        let decoder = &model.decoder;
        let (layers, width) = (decoder.config.layers, decoder.config.hidden);
        let pacer = Pacer::new(&Uninterrupted);

        // The suffix pass under test, and the hidden states of a plain pass over the whole sequence.
        let mut exact = Hidden(vec![Vec::new(); layers]);
        let interest = Interest { start: semantic, first_layer: 0, gradients: true };
        let session = Session::default();
        let mut watch = Silent;
        let forced = teacher_force(decoder, session, &prompt, &response, interest, &pacer, &mut watch);
        let (suffix, _) = pollster::block_on(forced).unwrap();
        let pass = pollster::block_on(Pass::run(decoder, suffix, prompt.len(), &response, &pacer)).unwrap();
        let of = Loss::entropy_weighted(0..response.len());
        pollster::block_on(pass.hidden_gradients(&of, 0, &pacer, &mut exact)).unwrap();
        let exact = exact.0;
        let weights: Vec<f64> = pass.statistics().iter().map(|t| t.entropy).collect();

        let inputs: Vec<u32> = prompt.iter().chain(&response[..response.len() - 1]).copied().collect();
        let mut states = Vec::new();
        let mut tap = |_: usize, x: &Tensor<2>, _| states.push(x.clone());
        let (span, mut cache) = (decoder.span(0, inputs.len()), Cache::new(layers));
        let x = decoder.embed(&inputs);
        pollster::block_on(decoder.forward(x, 0..layers, &span, &mut cache, &pacer, &mut tap)).unwrap();
        let states: Vec<Vec<f32>> = states.into_iter().map(|x| pollster::block_on(read(x)).unwrap()).collect();

        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(20);
        for _ in 0..20 {
            let (layer, c) = (random.random_range(0..layers), random.random_range(0..width));
            let gradient = f64::from(exact[layer][c]); // the suffix starts at the semantic position
            let scale = exact[layer][..width].iter().map(|g| f64::from(g.abs())).sum::<f64>() / width as f64;
            let at = semantic * width + c;
            // The forward pass is in single precision, so steps must be large: the odd part of the loss is fitted by
            // a1·x + a3·x³ + a5·x⁵ + a7·x⁷ over many of them, and a1 is the slope.
            let rms =
                (states[layer][semantic * width..][..width].iter().map(|h| h * h).sum::<f32>() / width as f32).sqrt();
            let odd: Vec<(f64, f64)> = (1..=STEPS)
                .map(|i| {
                    let moved = |sign: f32| {
                        let mut h = states[layer].clone();
                        h[at] += sign * rms * REACH * i as f32 / STEPS as f32;
                        (loss(decoder, layer, &h, prompt.len(), &response, &weights), f64::from(h[at]))
                    };
                    let ((up, x1), (down, x0)) = (moved(1.0), moved(-1.0));
                    ((x1 - x0) / 2.0, (up - down) / 2.0)
                })
                .collect();
            let numeric = slope(&odd);
            assert!(
                (gradient - numeric).abs() <= 1e-3 * gradient.abs().max(scale),
                "{name} layer {layer} coordinate {c}: exact {gradient:e}, numeric {numeric:e}, mean {scale:e}"
            );
        }
    }
}

/// A tiny model with its weights in single precision, so that one of them can be moved by any little.
struct Weights {
    files: Vec<ModelFile>,
    bytes: Vec<u8>,
}

impl Weights {
    fn open(name: &str) -> Self {
        let mut files = open_path(&reference(&format!("tiny/{name}"))).unwrap();
        files.retain(|file| file.name != "model.safetensors");
        let bytes = std::fs::read(reference(&format!("tiny/{name}/model.safetensors"))).unwrap();
        let held = SafeTensors::deserialize(&bytes).unwrap();
        let wide: Vec<(String, Vec<usize>, Vec<u8>)> = held
            .iter()
            .map(|(name, tensor)| {
                assert_eq!(tensor.dtype(), Dtype::BF16);
                // BF16 is the upper half of a single.
                let wide = tensor.data().as_chunks().0.iter().flat_map(|&[low, high]| [0, 0, low, high]).collect();
                (name.to_owned(), tensor.shape().to_vec(), wide)
            })
            .collect();
        let views =
            wide.iter().map(|(name, shape, data)| (name, TensorView::new(Dtype::F32, shape.clone(), data).unwrap()));
        Self { files, bytes: safetensors::serialize(views, None).unwrap() }
    }

    /// Where the number `at` of a tensor lies in the file.
    fn place(&self, tensor: &str, at: usize) -> std::ops::Range<usize> {
        let held = SafeTensors::deserialize(&self.bytes).unwrap();
        let start = held.tensor(tensor).unwrap().data().as_ptr() as usize - self.bytes.as_ptr() as usize + 4 * at;
        start..start + 4
    }

    fn values(&self, tensor: &str) -> Vec<f32> {
        let held = SafeTensors::deserialize(&self.bytes).unwrap();
        held.tensor(tensor).unwrap().data().as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).collect()
    }

    fn load(&self, bytes: Vec<u8>) -> Decoder {
        let mut files = self.files.clone();
        files.push(ModelFile { name: "model.safetensors".to_owned(), source: Rc::new(bytes) });
        pollster::block_on(async {
            let checkpoint = Checkpoint::open(files).await?;
            let pacer = Pacer::new(&Uninterrupted);
            Decoder::load(&checkpoint, &Device::cpu("test"), &pacer, &mut |_, _, _| ()).await
        })
        .unwrap()
    }
}

/// A sink that makes the gradient of every linear layer's weight, `[out, in]`.
#[derive(Default)]
struct OfWeights(HashMap<String, Vec<f64>>);

impl Gradients for OfWeights {
    fn linear(&mut self, name: &str, x: impl FnOnce() -> Tensor<2>, dy: &Tensor<2>) {
        let x = x();
        let ([tokens, cols], [_, rows]) = (x.dims(), dy.dims());
        let [x, dy] = [x, dy.clone()].map(|tensor| pollster::block_on(read(tensor)).unwrap());
        let entry = |r: usize, c: usize| {
            (0..tokens).map(|t| f64::from(dy[t * rows + r]) * f64::from(x[t * cols + c])).sum::<f64>()
        };
        let gradient = (0..rows * cols).map(|at| entry(at / cols, at % cols)).collect();
        assert!(self.0.insert(name.to_owned(), gradient).is_none(), "{name} twice");
    }
}

/// The linear layers of a decoder, by what they are called in each of the blocks that have them.
pub fn linears(decoder: &Decoder) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for linear in (0..decoder.config.layers).flat_map(|layer| decoder.linears(layer)) {
        let part = linear.name.splitn(4, '.').nth(3).unwrap().to_owned();
        match all.iter_mut().find(|(known, _)| *known == part) {
            Some((_, names)) => names.push(linear.name.clone()),
            None => all.push((part, vec![linear.name.clone()])),
        }
    }
    assert!(all.len() >= 7, "{all:?}");
    all
}

/// The tensor that holds a layer's weight in the model's files, and where in it that begins: some families fuse layers.
fn place(decoder: &Decoder, layer: &str) -> (String, usize) {
    for (whole, parts) in decoder.config.family.fused {
        if let Some(at) = parts.iter().position(|part| layer.ends_with(part)) {
            let rows = |part: &&str| {
                let name = layer.replace(parts[at], part);
                let number = layer.split('.').nth(2).unwrap().parse().unwrap();
                let linear = decoder.linears(number).find(|linear| linear.name == name).unwrap();
                linear.weight.rows() * linear.weight.cols()
            };
            return (format!("{}.weight", layer.replace(parts[at], whole)), parts[..at].iter().map(rows).sum());
        }
    }
    (format!("{layer}.weight"), 0)
}

#[test]
fn weight_gradients_equal_central_differences() {
    for name in &tiny() {
        let golden = golden(name);
        let (prompt, response) = (ids(&golden["prompt_ids"]), ids(&golden["response_ids"]));
        let inputs: Vec<u32> = prompt.iter().chain(&response[..response.len() - 1]).copied().collect();
        let weights = Weights::open(name);
        let decoder = weights.load(weights.bytes.clone());
        let linears = linears(&decoder);
        let pacer = Pacer::new(&Uninterrupted);

        // The suffix is the whole sequence, so that no position is a constant.
        let interest = Interest { start: 0, first_layer: 0, gradients: true };
        let (session, mut watch) = (Session::default(), Silent);
        let forced = teacher_force(&decoder, session, &prompt, &response, interest, &pacer, &mut watch);
        let (suffix, _) = pollster::block_on(forced).unwrap();
        let pass = pollster::block_on(Pass::run(&decoder, suffix, prompt.len(), &response, &pacer)).unwrap();
        let entropies: Vec<f64> = pass.statistics().iter().map(|t| t.entropy).collect();
        let all = 0..response.len();
        // Linear layers take turns with them.
        let losses = [(Loss::nll(all.clone()), vec![1.0; all.len()]), (Loss::entropy_weighted(all), entropies)];
        let losses = losses.map(|(of, token_weights)| {
            let mut exact = OfWeights::default();
            pollster::block_on(pass.hidden_gradients(&of, 0, &pacer, &mut exact)).unwrap();
            assert_eq!(exact.0.len(), linears.iter().map(|(_, names)| names.len()).sum::<usize>());
            (exact.0, token_weights)
        });
        for (i, (_, names)) in linears.iter().enumerate() {
            let layer = names[i % names.len()].clone();
            let (gradients, token_weights) = &losses[i % losses.len()];
            let gradient = &gradients[&layer];
            // Of the entry that matters most: in single precision, the others hardly move the loss.
            let largest = |a: &usize, b: &usize| gradient[*a].abs().total_cmp(&gradient[*b].abs());
            let at = (0..gradient.len()).max_by(largest).unwrap();
            let (tensor, first) = place(&decoder, &layer);
            let values = weights.values(&tensor)[first..first + gradient.len()].to_vec();
            let rms = (values.iter().map(|w| w * w).sum::<f32>() / values.len() as f32).sqrt();
            let reach = (rms * WEIGHT_REACH).min((MOST / gradient[at].abs()) as f32);
            let place = weights.place(&tensor, first + at);
            let moved = |by: f32| {
                let mut bytes = weights.bytes.clone();
                bytes[place.clone()].copy_from_slice(&(values[at] + by).to_le_bytes());
                let decoder = weights.load(bytes);
                let hidden = pollster::block_on(read(decoder.embed(&inputs))).unwrap();
                let loss = loss(&decoder, 0, &hidden, prompt.len(), &response, token_weights);
                (loss, f64::from(values[at] + by))
            };
            let odd: Vec<(f64, f64)> = (1..=STEPS)
                .map(|step| {
                    let by = reach * step as f32 / STEPS as f32;
                    let ((up, x1), (down, x0)) = (moved(by), moved(-by));
                    ((x1 - x0) / 2.0, (up - down) / 2.0)
                })
                .collect();
            let (exact, numeric) = (gradient[at], slope(&odd));
            assert!(
                (exact - numeric).abs() <= 1e-3 * exact.abs(),
                "{name} {layer}[{at}]: exact {exact:e}, numeric {numeric:e}"
            );
        }
    }
}
