
// GELU in its tanh form.
fn inner(x: f32) -> f32 {
    // Some drivers' tanh overflows where it is 1 long since.
    return tanh(clamp(0.7978845608028654 * (x + 0.044715 * x * x * x), -15.0, 15.0));
}

fn activation(x: f32) -> f32 { return x * (0.5 * (1.0 + inner(x))); }

fn slope(x: f32) -> f32 {
    let t = inner(x);
    return 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * 0.7978845608028654 * (1.0 + 0.134145 * x * x);
}
