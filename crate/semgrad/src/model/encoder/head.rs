//! What is made of the last hidden states, on the host: logits of the first token, or one vector of all.

use crate::error::Result;
use crate::model::load::Loader;
use crate::ops::cpu;
use crate::weights::encoder::config::{EncoderConfig, HeadActivation};
use crate::weights::encoder::sentence::Pooling;
use crate::weights::tensors::RawTensor;

/// Two linear layers.
#[derive(Debug)]
pub struct Head {
    dense: HostLinear, // [hidden, hidden]
    activation: HeadActivation,
    out: HostLinear, // [labels, hidden]
}

impl Head {
    /// Reads the classification head.
    ///
    /// # Errors
    /// As [`Loader::raw`].
    pub async fn load(loader: &mut Loader<'_, '_>, config: &EncoderConfig) -> Result<Self> {
        let [dense, out] = config.family.head;
        Ok(Self {
            dense: HostLinear::load(loader, dense).await?,
            activation: config.head_activation,
            out: HostLinear::load(loader, out).await?,
        })
    }

    /// First tokens `[texts, hidden]` → logits `[texts, labels]`.
    pub fn logits(&self, first: &[f32]) -> Vec<Vec<f32>> {
        let mut x = self.dense.forward(first);
        for x in &mut x {
            *x = match self.activation {
                HeadActivation::Tanh => x.tanh(),
                HeadActivation::Gelu => cpu::gelu_of(*x),
            };
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
        Ok(Self { weight, bias: loader.values(&format!("{name}.bias")).await? })
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

/// A text's vector of length one from those of its tokens `[tokens, hidden]`.
pub fn pool(states: &[f32], hidden: usize, pooling: Pooling) -> Vec<f32> {
    let mut sum = vec![0.0f64; hidden];
    let count = match pooling {
        Pooling::Mean => usize::MAX,
        Pooling::First => 1,
    };
    for state in states.chunks_exact(hidden).take(count) {
        sum.iter_mut().zip(state).for_each(|(sum, x)| *sum += f64::from(*x));
    }
    let length = sum.iter().map(|x| x * x).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    sum.iter().map(|x| (x / length) as f32).collect()
}
