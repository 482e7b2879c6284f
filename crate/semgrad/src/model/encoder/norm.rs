//! Layer normalization of a residual sum, with the bias of the layer that made the second summand.

use crate::error::Result;
use crate::model::load::Loader;
use crate::ops::{self, upload};
use burn::tensor::Tensor;

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
        let parameters = upload([bias, scale, shift].concat(), [3, width], &loader.device().burn);
        Ok(Self { parameters, eps: eps as f32 })
    }

    /// The norm of x + delta + bias, all `[rows, width]`.
    pub fn forward(&self, x: Tensor<2>, delta: Tensor<2>) -> Tensor<2> {
        ops::layer_norm(x, delta, self.parameters.clone(), self.eps)
    }
}
