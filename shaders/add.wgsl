// y = x + delta, where delta is as long as x or repeats in it.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;     // [n]
@group(0) @binding(1) var<storage, read_write> delta: array<f32>; // [m]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;     // [n]
@group(0) @binding(3) var<storage, read> shape: array<u32>;       // n, m

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * {{ workgroup }}u;
    if (i >= shape[0]) { return; }
    y[i] = x[i] + delta[i % shape[1]];
}
