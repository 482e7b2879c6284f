
// σ(x).
fn activation(x: f32) -> f32 { return 1.0 / (1.0 + exp(-x)); }

fn slope(x: f32) -> f32 {
    // 1 − σ(x) would have few digits.
    return activation(x) / (1.0 + exp(x));
}
