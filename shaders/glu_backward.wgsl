// Gradient of y = activation(gate)·up: d_gate = d·up·activation'(gate), d_up = d·activation(gate).
@group(0) @binding(0) var<storage, read_write> gate: array<f32>;   // [n]
@group(0) @binding(1) var<storage, read_write> up: array<f32>;     // [n]
@group(0) @binding(2) var<storage, read_write> d: array<f32>;      // [n]
@group(0) @binding(3) var<storage, read_write> d_gate: array<f32>; // [n]
@group(0) @binding(4) var<storage, read_write> d_up: array<f32>;   // [n]
@group(0) @binding(5) var<storage, read> shape: array<u32>;        // n

const GELU: bool = {{ gelu }};

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * {{ workgroup }}u;
    if (i >= shape[0]) { return; }
    let x = gate[i];
    var value = 0.0;
    var slope = 0.0;
    if (GELU) {
        let t = tanh(clamp(0.7978845608028654 * (x + 0.044715 * x * x * x), -15.0, 15.0));
        value = 0.5 * x * (1.0 + t);
        slope = 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * 0.7978845608028654 * (1.0 + 0.134145 * x * x);
    } else {
        let s = 1.0 / (1.0 + exp(-x));
        value = x * s;
        slope = s * (1.0 + x * (1.0 - s));
    }
    d_gate[i] = d[i] * up[i] * slope;
    d_up[i] = d[i] * value;
}
