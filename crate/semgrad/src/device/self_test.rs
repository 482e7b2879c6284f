//! Every operation once on the GPU against the CPU's: some browser and driver pairs compute wrong numbers silently.

use crate::error::{Code, Error, Result};
use crate::ops::self_test::{Check, of_convolutions, of_decoders, of_encoders, of_training};
use burn::tensor::Device;

/// Largest accepted difference relative to the largest value.
const TOLERANCE: f32 = 1e-4;

/// Compares the operations of decoders.
///
/// # Errors
/// `self_test_failed` names the first that differs; `device_lost` when nothing comes back.
pub async fn decoders(device: &Device) -> Result<()> {
    compare(of_decoders(device)).await
}

/// Compares those that encoders use besides, which are compiled only where an encoder is loaded.
///
/// # Errors
/// As [`decoders`].
pub async fn encoders(device: &Device) -> Result<()> {
    compare(of_encoders(device)).await
}

/// Compares those that decoders with short convolutions use besides, which are compiled only where one is loaded.
///
/// # Errors
/// As [`decoders`].
pub async fn convolutions(device: &Device) -> Result<()> {
    compare(of_convolutions(device)).await
}

/// Compares those that training uses besides, which are compiled only where a model is trained.
///
/// # Errors
/// As [`decoders`].
pub async fn training(device: &Device) -> Result<()> {
    compare(of_training(device)).await
}

async fn compare(checks: Vec<Check>) -> Result<()> {
    for Check { operation, got, want, columns } in checks {
        let got = got.end().await?;
        for column in 0..columns {
            let of_column = |values: &[f32]| values.iter().skip(column).step_by(columns).copied().collect::<Vec<_>>();
            let (got, want) = (of_column(&got), of_column(&want));
            let scale = want.iter().fold(0.0f32, |m, v| m.max(v.abs()));
            let worst = got.iter().zip(&want).fold(0.0f32, |m, (a, b)| {
                // NaN must not pass for a small difference.
                let d = (a - b).abs();
                if d.is_nan() { f32::INFINITY } else { m.max(d) }
            });
            if got.len() != want.len() || worst > TOLERANCE * scale {
                return Err(Error::new(
                    Code::SelfTestFailed,
                    format!("the GPU computes {operation} wrongly (off by {worst:e} where values reach {scale:e})."),
                    "Use the CPU device, or update the browser and the graphics driver.",
                ));
            }
        }
    }
    Ok(())
}
