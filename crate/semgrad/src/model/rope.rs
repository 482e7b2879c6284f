//! Rotary position embedding (rotate-half convention), with the frequency scalings in use.
//!
//! Angles are products of `f32` frequencies and positions, as in the reference implementation: at position 1000 the
//! rounding of an angle is larger than the agreement asked of two implementations.

use crate::ops::{self, cut_rows, upload};
use crate::weights::config::RopeScaling;
use burn::tensor::{Device, Tensor};

/// Frequencies of one rotary embedding, `[head_dim / 2]`.
#[derive(Clone, Debug)]
pub struct Rope {
    frequencies: Vec<f32>,
}

impl Rope {
    /// Frequencies θ^(−2i/head_dim), scaled.
    pub fn new(theta: f64, head_dim: usize, scaling: &RopeScaling) -> Self {
        let frequencies = (0..head_dim / 2)
            .map(|i| {
                let base = 1.0 / (theta as f32).powf((2 * i) as f32 / head_dim as f32);
                match scaling {
                    RopeScaling::None => base,
                    RopeScaling::Linear { factor } => base / *factor as f32,
                    RopeScaling::Factors(factors) => base / factors.get(i).copied().unwrap_or(1.0),
                    RopeScaling::Llama3 { factor, low_freq_factor, high_freq_factor, original_context } => {
                        llama3(f64::from(base), *factor, *low_freq_factor, *high_freq_factor, *original_context as f64)
                            as f32
                    }
                }
            })
            .collect();
        Self { frequencies }
    }

    /// No rotation: every angle is 0.
    pub fn none(head_dim: usize) -> Self {
        Self { frequencies: vec![0.0; head_dim / 2] }
    }

    /// Cosines and sines for one row per position.
    pub fn table(&self, positions: &[usize], device: &Device) -> RopeTable {
        let (half, tokens) = (self.frequencies.len(), positions.len());
        let angles: Vec<f32> =
            positions.iter().flat_map(|&p| self.frequencies.iter().map(move |f| p as f32 * f)).collect();
        let mut table = Vec::with_capacity(2 * angles.len());
        for angles in angles.chunks_exact(half) {
            table.extend(angles.iter().map(|&a| f64::from(a).cos() as f32));
            table.extend(angles.iter().map(|&a| f64::from(a).sin() as f32));
        }
        RopeTable { table: upload(table, [tokens, 2 * half], device) }
    }
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
    /// Cosines, then sines: `[tokens, head_dim]`.
    pub table: Tensor<2>,
}

impl RopeTable {
    /// The first position alone.
    pub fn first(&self) -> Self {
        Self { table: cut_rows(self.table.clone(), 0, 1) }
    }

    /// Rotates x `[tokens, heads · head_dim]`.
    pub fn rotate(&self, x: Tensor<2>) -> Tensor<2> {
        ops::rope(x, self.table.clone(), 1.0)
    }

    /// The inverse rotation, which is also the gradient of [`RopeTable::rotate`].
    pub fn rotate_back(&self, x: Tensor<2>) -> Tensor<2> {
        ops::rope(x, self.table.clone(), -1.0)
    }
}
