//! Gradients at hidden states against central differences of the loss, 20 random coordinates per architecture.

use crate::common::*;
use burn::tensor::{Tensor, TensorData};
use rand::{RngExt, SeedableRng};
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::device::Choice;
use semgrad::evidence::pass::Pass;
use semgrad::generate::statistics::Distribution;
use semgrad::generate::{Interest, Session, Silent, teacher_force};
use semgrad::model::cache::Cache;
use semgrad::model::decoder::Decoder;
use semgrad::model::read;

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
    let heads = decoder.final_norm().forward(semgrad::kernels::cut_rows(top, prompt - 1, response.len()));
    let logits = pollster::block_on(read(decoder.head().forward(heads))).unwrap();
    let rows = logits.chunks_exact(decoder.head().rows());
    let terms =
        rows.zip(response).zip(weights).map(|((row, &id), w)| w * Distribution::new(row).statistics(row, id).logprob);
    -terms.sum::<f64>() / response.len() as f64
}

/// Steps of the fit, and how far the largest goes, in units of the hidden state's root mean square.
const STEPS: usize = 24;
const REACH: f32 = 0.5;

/// Least-squares a1 of y = a1·x + a3·x³ + a5·x⁵ + a7·x⁷.
fn slope(points: &[(f64, f64)]) -> f64 {
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
    for name in TINY {
        let golden = golden(name);
        let (prompt, response) = (ids(&golden["prompt_ids"]), ids(&golden["response_ids"]));
        let semantic = golden["semantic_index"].as_u64().unwrap() as usize;
        let model = load(&reference(&format!("tiny/{name}")), Choice::Cpu);
        let decoder = &model.decoder;
        let (layers, width) = (decoder.config.layers, decoder.config.hidden);
        let pacer = Pacer::new(&Uninterrupted);

        // The suffix pass under test, and the hidden states of a plain pass over the whole sequence.
        let mut exact = vec![Vec::new(); layers];
        let interest = Interest { start: semantic, first_layer: 0, gradients: true };
        let session = Session::default();
        let mut watch = Silent;
        let forced = teacher_force(decoder, session, &prompt, &response, interest, &pacer, &mut watch);
        let (suffix, _) = pollster::block_on(forced).unwrap();
        let mut keep = |layer: usize, g: &Tensor<2>| exact[layer] = pollster::block_on(read(g.clone())).unwrap();
        let pass = pollster::block_on(Pass::run(decoder, suffix, prompt.len(), &response, &pacer)).unwrap();
        pollster::block_on(pass.hidden_gradients(0..response.len(), 0, &pacer, &mut keep)).unwrap();
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
