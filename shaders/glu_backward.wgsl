// Gradient of y = activation(gate)·up: d_gate = d·up·activation'(gate), d_up = d·activation(gate).
@group(0) @binding(0) var<storage, read_write> gate: array<f32>;   // [n]
@group(0) @binding(1) var<storage, read_write> up: array<f32>;     // [n]
@group(0) @binding(2) var<storage, read_write> d: array<f32>;      // [n]
@group(0) @binding(3) var<storage, read_write> d_gate: array<f32>; // [n]
@group(0) @binding(4) var<storage, read_write> d_up: array<f32>;   // [n]
@group(0) @binding(5) var<storage, read> shape: array<u32>;        // n

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * {{ workgroup }}u;
    if (i >= shape[0]) { return; }
    d_gate[i] = d[i] * up[i] * slope(gate[i]);
    d_up[i] = d[i] * activation(gate[i]);
}
