//! Rotary position embedding (rotate-half convention), with the frequency scalings in use.
//!
//! Angles are products of `f32` frequencies and positions, as in the reference implementation: at position 1000 the
//! rounding of an angle is larger than the agreement asked of two implementations.

use crate::ops::{self, cut_rows, upload};
use crate::weights::config::{RopeScaling, Temperature};
use burn::tensor::{Device, Tensor};

/// One rotary embedding.
#[derive(Clone, Debug)]
pub struct Rope {
    /// `[rotated / 2]`; columns of a head from `rotated` on stay as they are.
    frequencies: Vec<f32>,
    /// Columns of a head.
    head: usize,
    /// What rotated queries and keys are multiplied by.
    factor: f32,
    /// What queries are multiplied by besides.
    temperature: Option<Temperature>,
}

impl Rope {
    /// Frequencies θ^(−2i/rotated), scaled, for the first `rotated` of the `head` columns of a head.
    pub fn new(theta: f64, [rotated, head]: [usize; 2], scaling: &RopeScaling) -> Self {
        let frequencies = (0..rotated / 2)
            .map(|i| {
                let base = 1.0 / (theta as f32).powf((2 * i) as f32 / rotated as f32);
                match scaling {
                    RopeScaling::None => base,
                    RopeScaling::Linear { factor } => base / *factor as f32,
                    RopeScaling::Proportional { share, factor } => match i < (share * rotated as f64 / 2.0) as usize {
                        true => base / *factor as f32,
                        false => 0.0,
                    },
                    RopeScaling::Factors { divisors, .. } => base / divisors.get(i).copied().unwrap_or(1.0),
                    RopeScaling::Yarn { factor, beta_fast, beta_slow, original_context, .. } => {
                        let at = |turns| turning(turns, *original_context as f64, theta, rotated as f64);
                        yarn(base, i as f64, *factor as f32, at(*beta_fast).floor().max(0.0), at(*beta_slow).ceil())
                    }
                    RopeScaling::Llama3 { factor, low_freq_factor, high_freq_factor, original_context } => {
                        llama3(f64::from(base), *factor, *low_freq_factor, *high_freq_factor, *original_context as f64)
                            as f32
                    }
                }
            })
            .collect();
        let factor = match scaling {
            RopeScaling::Factors { attention, .. } | RopeScaling::Yarn { attention, .. } => *attention,
            _ => 1.0,
        };
        Self { frequencies, head, factor, temperature: None }
    }

    /// No rotation: every angle is 0.
    pub fn none(head: usize) -> Self {
        Self { frequencies: vec![0.0; head / 2], head, factor: 1.0, temperature: None }
    }

    /// The same with another temperature.
    pub fn at(self, temperature: Option<Temperature>) -> Self {
        Self { temperature, ..self }
    }

    /// Cosines and sines for one row per position.
    pub fn table(&self, positions: &[usize], device: &Device) -> RopeTable {
        let (half, tokens) = (self.frequencies.len(), positions.len());
        let mut keys = Vec::with_capacity(2 * half * tokens);
        for &position in positions {
            let angles = || self.frequencies.iter().map(|f| f64::from(position as f32 * f));
            keys.extend(angles().map(|a| a.cos() as f32 * self.factor));
            keys.extend(angles().map(|a| a.sin() as f32 * self.factor));
        }
        let table = |values| upload(values, [tokens, 2 * half], device);
        // A rotation is linear: what multiplies queries may as well multiply the table.
        let hot = self.temperature.filter(|t| positions.iter().any(|&position| t.at(position) != 1.0));
        let queries = hot.map(|temperature| {
            let rows = keys.chunks_exact(2 * half).zip(positions);
            let rows = rows.flat_map(|(row, &at)| row.iter().map(move |v| v * temperature.at(at) as f32));
            table(rows.collect())
        });
        let keys = table(keys);
        RopeTable { queries: queries.unwrap_or_else(|| keys.clone()), keys, head: self.head }
    }
}

/// The number of the frequency that makes so many turns within a context.
fn turning(turns: f64, context: f64, theta: f64, rotated: f64) -> f64 {
    (rotated * (context / (turns * std::f64::consts::TAU)).ln() / (2.0 * theta.ln())).min(rotated - 1.0)
}

/// YaRN (arXiv 2309.00071): high frequencies are kept, low ones divided by `factor`, those from number `low` to `high` blended.
fn yarn(frequency: f32, i: f64, factor: f32, low: f64, high: f64) -> f32 {
    let high = if low == high { high + 0.001 } else { high };
    let stretched = ((i - low) / (high - low)).clamp(0.0, 1.0) as f32;
    frequency / factor * stretched + frequency * (1.0 - stretched)
}

/// Wavelengths beyond the training context are stretched, short ones kept, those between blended.
fn llama3(frequency: f64, factor: f64, low: f64, high: f64, context: f64) -> f64 {
    let wavelength = std::f64::consts::TAU / frequency;
    if wavelength > context / low {
        frequency / factor
    } else if wavelength < context / high {
        frequency
    } else {
        let smooth = (context / wavelength - low) / (high - low);
        (1.0 - smooth) * frequency / factor + smooth * frequency
    }
}

/// Rotations for a run of positions.
#[derive(Clone, Debug)]
pub struct RopeTable {
    /// Of queries: cosines, then sines, `[tokens, rotated]`.
    queries: Tensor<2>,
    /// Of keys.
    keys: Tensor<2>,
    head: usize,
}

impl RopeTable {
    /// The first position alone.
    pub fn first(&self) -> Self {
        let [queries, keys] = [&self.queries, &self.keys].map(|table| cut_rows(table.clone(), 0, 1));
        Self { queries, keys, head: self.head }
    }

    /// Queries `[tokens, heads · head]`, rotated.
    pub fn rotate_queries(&self, x: Tensor<2>) -> Tensor<2> {
        ops::rope(x, self.queries.clone(), self.head, 1.0)
    }

    /// Keys `[tokens, kv_heads · head]`, rotated.
    pub fn rotate_keys(&self, x: Tensor<2>) -> Tensor<2> {
        ops::rope(x, self.keys.clone(), self.head, 1.0)
    }

    /// Keys and values of the positions before, and the new ones behind them, the keys among these rotated.
    pub fn append(&self, past: (Tensor<2>, Tensor<2>), k: Tensor<2>, v: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        ops::append(past, k, v, self.keys.clone(), self.head)
    }

    /// Gradients of queries and keys before their rotations, from those after: the transposed map, which turns back.
    pub fn backward(&self, d_q: Tensor<2>, d_k: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let back = |d, table: &Tensor<2>| ops::rope(d, table.clone(), self.head, -1.0);
        (back(d_q, &self.queries), back(d_k, &self.keys))
    }
}
