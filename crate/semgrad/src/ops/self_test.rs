//! Every operation once, as it is at start-up.

pub use super::check::Check;
use super::check::Checks;
use super::{
    attend, cap, convolution, dropout, glu, gradient_norm, layer, linear, logits, norm, outer, rope, segments,
};
use burn::tensor::Device;

/// What decoders use, on this GPU.
pub fn of_decoders(device: &Device) -> Vec<Check> {
    let mut checks = Checks::new(device);
    for check in [
        linear::check,
        norm::check,
        glu::check,
        rope::check,
        gradient_norm::check,
        attend::check,
        cap::check,
        logits::check,
    ] {
        check(&mut checks);
    }
    checks.made()
}

/// What decoders with short convolutions or gates of attention use besides; it is compiled only where one is loaded.
pub fn of_convolutions(device: &Device) -> Vec<Check> {
    let mut checks = Checks::new(device);
    for check in [convolution::check, glu::check_sigmoid] {
        check(&mut checks);
    }
    checks.made()
}

/// What training uses besides; it is compiled only where a model is trained.
pub fn of_training(device: &Device) -> Vec<Check> {
    let mut checks = Checks::new(device);
    for check in [dropout::check, outer::check] {
        check(&mut checks);
    }
    checks.made()
}

/// What encoders use besides; it is compiled only where one is loaded.
pub fn of_encoders(device: &Device) -> Vec<Check> {
    let mut checks = Checks::new(device);
    for check in [layer::check, rope::check, segments::check] {
        check(&mut checks);
    }
    checks.made()
}
