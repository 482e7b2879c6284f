// y = activation(gate)·up: SwiGLU, or GeGLU with the tanh form of GELU.
@group(0) @binding(0) var<storage, read_write> gate: array<f32>;  // [n]
@group(0) @binding(1) var<storage, read_write> up: array<f32>;    // [n]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;     // [n]
@group(0) @binding(3) var<storage, read> shape: array<u32>;       // n

const GELU: bool = {{ gelu }};

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * {{ workgroup }}u;
    if (i >= shape[0]) { return; }
    let x = gate[i];
    var s = x;
    if (GELU) {
        // Some drivers' tanh overflows where it is 1 long since.
        let inner = clamp(0.7978845608028654 * (x + 0.044715 * x * x * x), -15.0, 15.0);
        s *= 0.5 * (1.0 + tanh(inner));
    } else {
        s /= 1.0 + exp(-x);
    }
    y[i] = s * up[i];
}
