// y = cap·tanh(x/cap).
@group(0) @binding(0) var<storage, read_write> x: array<f32>; // [n]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [n]
@group(0) @binding(2) var<storage, read> shape: array<u32>;   // n, bits of the cap

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * {{ workgroup }}u;
    if (i >= shape[0]) { return; }
    let cap = bitcast<f32>(shape[1]);
    // Some drivers' tanh overflows where it is 1 long since.
    y[i] = cap * tanh(clamp(x[i] / cap, -15.0, 15.0));
}
