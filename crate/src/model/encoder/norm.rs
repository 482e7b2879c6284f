//! Layer normalization of a residual sum, with the bias of the layer that made the second summand.

use crate::error::Result;
use crate::kernels;
use crate::model::load::Loader;
use burn::tensor::{Tensor, TensorData};

/// Parameters of one norm.
#[derive(Clone, Debug)]
pub struct LayerNorm {
    /// Bias of the second summand, scale, shift: `[3, width]`.
    parameters: Tensor<2>,
    eps: f32,
}

impl LayerNorm {
    /// Reads `name.weight` and `name.bias`, and `bias` of the layer before it where there is one.
    ///
    /// # Errors
    /// As [`Loader::values`].
    pub async fn load(loader: &mut Loader<'_, '_>, name: &str, bias: Option<&str>, eps: f64) -> Result<Self> {
        let scale = loader.values(&format!("{name}.weight")).await?;
        let bias = match bias {
            Some(bias) => loader.values(bias).await?,
            None => vec![0.0; scale.len()],
        };
        let shift = loader.values(&format!("{name}.bias")).await?;
        let width = scale.len();
        let data = TensorData::new([bias, scale, shift].concat(), [3, width]);
        Ok(Self { parameters: Tensor::from_data(data, &loader.device().burn), eps: eps as f32 })
    }

    /// The norm of x + delta + bias, all `[rows, width]`.
    pub fn forward(&self, x: Tensor<2>, delta: Tensor<2>) -> Tensor<2> {
        kernels::layer_norm(x, delta, self.parameters.clone(), self.eps)
    }
}
