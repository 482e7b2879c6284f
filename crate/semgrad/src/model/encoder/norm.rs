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
    /// Reads `name`, and `bias` of the layer before it where there is one.
    ///
    /// # Errors
    /// As [`parameters`].
    pub async fn load(loader: &mut Loader<'_, '_>, name: &str, bias: Option<&str>, eps: f64) -> Result<Self> {
        let parameters = parameters(loader, name, bias).await?;
        let width = parameters.len() / 3;
        Ok(Self { parameters: upload(parameters, [3, width], &loader.device().burn), eps: eps as f32 })
    }

    /// The norm of x + delta + bias, all `[rows, width]`.
    pub fn forward(&self, x: Tensor<2>, delta: Tensor<2>) -> Tensor<2> {
        ops::layer_norm(x, delta, self.parameters.clone(), self.eps)
    }
}

/// `bias` of the layer before, `name.weight` and `name.bias`, one after another; zeros for a bias that the model does not
/// have.
///
/// # Errors
/// As [`Loader::values`].
pub async fn parameters(loader: &mut Loader<'_, '_>, name: &str, bias: Option<&str>) -> Result<Vec<f32>> {
    let scale = loader.values(&format!("{name}.weight")).await?;
    let (width, shift) = (scale.len(), format!("{name}.bias"));
    let mut parameters = match bias {
        Some(bias) => loader.values(bias).await?,
        None => vec![0.0; width],
    };
    parameters.extend(scale);
    match loader.has(&shift) {
        true => parameters.extend(loader.values(&shift).await?),
        false => parameters.resize(3 * width, 0.0),
    }
    Ok(parameters)
}
