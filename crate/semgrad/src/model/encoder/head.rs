//! What is made of the last hidden states, on the host: logits, or one vector of all tokens.

use super::norm::parameters;
use crate::error::Result;
use crate::model::load::Loader;
use crate::ops::cpu;
use crate::weights::encoder::config::EncoderConfig;
use crate::weights::encoder::family::HeadActivation;
use crate::weights::encoder::sentence::Pooling;
use crate::weights::tensors::RawTensor;

/// Two linear layers.
#[derive(Debug)]
pub struct Head {
    dense: HostLinear, // [hidden, hidden]
    activation: HeadActivation,
    norm: Option<(Vec<f32>, f32)>, // [3, hidden] of a layer norm, and its ε
    out: HostLinear,               // [labels, hidden]
}

impl Head {
    /// Reads the classification head.
    ///
    /// # Errors
    /// As [`Loader::raw`].
    pub async fn load(loader: &mut Loader<'_, '_>, config: &EncoderConfig) -> Result<Self> {
        let names = config.family.head;
        Ok(Self {
            dense: HostLinear::load(loader, names.dense).await?,
            activation: config.head_activation,
            norm: match names.norm {
                Some(norm) => Some((parameters(loader, norm, None).await?, config.norm_eps as f32)),
                None => None,
            },
            out: HostLinear::load(loader, names.out).await?,
        })
    }

    /// A vector of each text `[texts, hidden]` → logits `[texts, labels]`.
    pub fn logits(&self, texts: &[f32]) -> Vec<Vec<f32>> {
        let mut x = self.dense.forward(texts);
        for x in &mut x {
            *x = match self.activation {
                HeadActivation::Tanh => x.tanh(),
                HeadActivation::Gelu => cpu::gelu_of(*x),
                HeadActivation::Relu => x.max(0.0),
            };
        }
        if let Some((parameters, eps)) = &self.norm {
            x = cpu::layer_norm(&x, &vec![0.0; x.len()], parameters, *eps);
        }
        self.out.forward(&x).chunks_exact(self.out.bias.len()).map(<[f32]>::to_vec).collect()
    }
}

/// A linear layer in the host's memory.
#[derive(Debug)]
struct HostLinear {
    weight: RawTensor, // [rows, cols]
    bias: Vec<f32>,    // [rows]
}

impl HostLinear {
    async fn load(loader: &mut Loader<'_, '_>, name: &str) -> Result<Self> {
        let weight = loader.raw(&format!("{name}.weight")).await?;
        let bias = format!("{name}.bias");
        let bias = if loader.has(&bias) { loader.values(&bias).await? } else { vec![0.0; weight.shape[0]] };
        Ok(Self { weight, bias })
    }

    fn forward(&self, x: &[f32]) -> Vec<f32> {
        let (rows, cols) = (self.weight.shape[0], self.weight.shape[1]);
        let mut y = cpu::linear(x, &self.weight.data, self.weight.format, rows, cols);
        for y in y.chunks_exact_mut(rows) {
            y.iter_mut().zip(&self.bias).for_each(|(y, bias)| *y += bias);
        }
        y
    }
}

/// A text's vector from those of its tokens `[tokens, hidden]`.
pub fn pool(states: &[f32], hidden: usize, pooling: Pooling) -> Vec<f64> {
    let count = match pooling {
        Pooling::Mean => states.len() / hidden,
        Pooling::First => 1,
    };
    let mut mean = vec![0.0f64; hidden];
    for state in states.chunks_exact(hidden).take(count) {
        mean.iter_mut().zip(state).for_each(|(mean, x)| *mean += f64::from(*x) / count as f64);
    }
    mean
}

/// The same at length one.
pub fn unit(vector: &[f64]) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    vector.iter().map(|x| (x / length) as f32).collect()
}
