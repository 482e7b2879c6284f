// y = z·Φ(z) with z = x + bias: GELU with the error function, as x·P(x²)/Q(x²) where that is not ±1.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;    // [rows, width]
@group(0) @binding(1) var<storage, read_write> bias: array<f32>; // [width]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;    // [rows, width]
@group(0) @binding(3) var<storage, read> shape: array<u32>;      // rows · width, width

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * {{ workgroup }}u;
    if (i >= shape[0]) { return; }
    let v = x[i] + bias[i % shape[1]];
    let z = clamp(v * 0.70710678, -3.925, 3.925);
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
    y[i] = 0.5 * v * (1.0 + z * p / q);
}
