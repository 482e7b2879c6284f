//! Whether kernels compute on this GPU what the CPU's loops do.

use super::Kind;
use crate::device::Device;
use crate::device::self_test::{TOLERANCE, difference};
use crate::error::Result;
use crate::ops::self_test::{
    Check, Sizes, of_convolutions, of_decoders, of_encoders, of_products, of_sizes, of_training,
};
use crate::ops::{Attention, Layout};
use crate::weights::checkpoint::Checkpoint;
use crate::weights::config::ModelConfig;
use serde::Serialize;

/// Tokens of the products that are compared: one, few, and more than a tile has.
const TOKENS: [usize; 3] = [1, 10, 40];
/// Weights of a matrix with which the CPU would take long for many tokens.
const LARGE: usize = 1 << 26;
/// Positions that are attended to.
const KEYS: usize = 300;

/// How far one operation is off.
#[derive(Clone, Debug, Serialize)]
pub struct Agreement {
    /// Which kernels ran: a [`Kind`]'s name.
    pub kernels: &'static str,
    /// At which sizes.
    pub sizes: String,
    /// The operation.
    pub operation: &'static str,
    /// The largest difference, of the largest value; infinite where there is no number.
    pub difference: f32,
    /// Whether that is little enough.
    pub agrees: bool,
}

/// Every operation at small, odd sizes.
///
/// # Errors
/// `device_lost`.
pub async fn odd(device: &Device, kind: Kind) -> Result<Vec<Agreement>> {
    kind.choose();
    let mut all = Vec::new();
    for checks in [of_decoders, of_encoders, of_convolutions, of_training] {
        all.extend(compared(kind, "odd sizes", checks(&device.burn)).await?);
    }
    Ok(all)
}

/// The operations of a model at its own sizes, one of each shape and format of its matrices.
///
/// # Errors
/// `device_lost`.
pub async fn of_model(device: &Device, kind: Kind, model: &Checkpoint) -> Result<Vec<Agreement>> {
    kind.choose();
    let mut all = Vec::new();
    for layout in layouts(model) {
        let Layout { format, rows, cols } = layout;
        let sizes = format!("{} {rows}×{cols}", format.name());
        let tokens = if rows * cols > LARGE { &TOKENS[..2] } else { &TOKENS };
        all.extend(compared(kind, &sizes, of_products(&device.burn, layout, tokens)).await?);
    }
    let ModelConfig { vocab, hidden, intermediate, heads, kv_heads, head_dim, attention_scale, .. } = model.config;
    let scale = attention_scale as f32;
    let attention = Attention { heads, kv_heads, width: head_dim, scale, window: None, cap: None };
    let sizes = Sizes { hidden, intermediate, vocab, attention, keys: KEYS };
    let what = format!("{hidden} wide, {heads}/{kv_heads} heads of {head_dim}, {vocab} tokens");
    all.extend(compared(kind, &what, of_sizes(&device.burn, sizes)).await?);
    Ok(all)
}

/// The matrices of a model, one of a kind.
fn layouts(model: &Checkpoint) -> Vec<Layout> {
    let mut layouts = Vec::new();
    for tensor in model.tensors() {
        if let [rows, cols] = tensor.shape[..] {
            let layout = Layout { format: tensor.format, rows, cols };
            if !layouts.contains(&layout) {
                layouts.push(layout);
            }
        }
    }
    layouts
}

async fn compared(kind: Kind, sizes: &str, checks: Vec<Check>) -> Result<Vec<Agreement>> {
    let mut all = Vec::new();
    for check in checks {
        let found = difference(check).await?;
        let difference = found.relative();
        all.push(Agreement {
            kernels: kind.name(),
            sizes: sizes.to_owned(),
            operation: found.operation,
            difference,
            agrees: difference <= TOLERANCE,
        });
    }
    Ok(all)
}
