//! Every operation once on the GPU against the CPU's: some browser and driver pairs compute wrong numbers silently.

use crate::error::{Code, Error, Result};
use crate::ops::self_test::{Check, of_convolutions, of_decoders, of_encoders, of_training};
use burn::tensor::Device;

/// Largest accepted difference relative to the largest value.
pub const TOLERANCE: f32 = 1e-4;

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
    for check in checks {
        let difference = difference(check).await?;
        if difference.relative() > TOLERANCE {
            let Difference { operation, worst, scale } = difference;
            return Err(Error::new(
                Code::SelfTestFailed,
                format!("the GPU computes {operation} wrongly (off by {worst:e} where values reach {scale:e})."),
                "Use the CPU device, or update the browser and the graphics driver.",
            ));
        }
    }
    Ok(())
}

/// How far an operation is off: where it is most, for what its values are.
#[derive(Clone, Copy, Debug)]
pub struct Difference {
    /// Its name.
    pub operation: &'static str,
    /// The largest difference; infinite where there is no number.
    pub worst: f32,
    /// The largest value.
    pub scale: f32,
}

impl Difference {
    /// The difference, of the largest value.
    pub fn relative(self) -> f32 {
        match self.worst {
            0.0 => 0.0,
            worst if worst.is_infinite() => worst,
            worst => worst / self.scale, // infinite where all should be zero
        }
    }
}

/// Compares one operation: that column of its values which is off most.
///
/// # Errors
/// `device_lost`.
pub async fn difference(check: Check) -> Result<Difference> {
    let Check { operation, got, want, columns } = check;
    let got = got.end().await?;
    let mut most = Difference { operation, worst: 0.0, scale: 0.0 };
    for column in 0..columns {
        let of_column = |values: &[f32]| values.iter().skip(column).step_by(columns).copied().collect::<Vec<_>>();
        let (got, want) = (of_column(&got), of_column(&want));
        let scale = want.iter().fold(0.0f32, |m, v| m.max(v.abs()));
        let worst = got.iter().zip(&want).fold(0.0f32, |m, (a, b)| {
            // NaN must not pass for a small difference.
            let d = (a - b).abs();
            if d.is_nan() { f32::INFINITY } else { m.max(d) }
        });
        let worst = if got.len() == want.len() { worst } else { f32::INFINITY };
        let this = Difference { operation, worst, scale };
        if column == 0 || this.relative() > most.relative() {
            most = this;
        }
    }
    Ok(most)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ops::{Reading, upload};

    fn compared(got: &[f32], want: &[f32], columns: usize) -> Difference {
        let got = Reading::begin(upload(got.to_vec(), [got.len()], &Device::flex()));
        let check = Check { operation: "tried", got, want: want.to_vec(), columns };
        pollster::block_on(difference(check)).unwrap()
    }

    #[test]
    fn the_column_that_is_off_most_counts_and_no_number_never_passes() {
        assert_eq!(compared(&[1.0, 2.0], &[1.0, 2.0], 1).relative(), 0.0);
        assert_eq!(compared(&[1.5, 2.0], &[1.0, 2.0], 1).relative(), 0.25);
        // The first column is off by a tenth, the second by half, the third not at all.
        let three = compared(&[9.0, 1.0, 0.0, 10.0, 1.0, 0.0], &[10.0, 2.0, 0.0, 10.0, 1.0, 0.0], 3);
        assert_eq!((three.worst, three.scale), (1.0, 2.0));
        assert_eq!(compared(&[1.0, 1e-9], &[1.0, 0.0], 2).relative(), f32::INFINITY);
        for wrong in [&[f32::NAN, 2.0][..], &[1.0, f32::NAN], &[f32::INFINITY, 2.0], &[1.0]] {
            assert_eq!(compared(wrong, &[1.0, 2.0], 1).relative(), f32::INFINITY, "{wrong:?}");
        }
    }
}
