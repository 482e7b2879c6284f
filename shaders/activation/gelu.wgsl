
// The normal distribution, with the error function as z·P(z²)/Q(z²) where that is not ±1.
fn normal(x: f32) -> f32 {
    let z = clamp(x * 0.70710678, -3.925, 3.925);
    let t = z * z;
    var p = 2.038809e-6;
    p = p * t + 2.8570413e-4;
    p = p * t + 0.003811512;
    p = p * t + 0.052889388;
    p = p * t + 0.19150151;
    p = p * t + 1.1283792;
    var q = 3.801809e-5;
    q = q * t + 0.0011732776;
    q = q * t + 0.015061227;
    q = q * t + 0.114557914;
    q = q * t + 0.50304645;
    q = q * t + 1.0;
    return 0.5 * (1.0 + z * p / q);
}

// GELU with the error function.
fn activation(x: f32) -> f32 { return x * normal(x); }

fn slope(x: f32) -> f32 { return normal(x) + x * exp(-0.5 * x * x) * 0.3989423; }
