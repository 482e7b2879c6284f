// y = activation(gate)·up: SwiGLU or GeGLU, by the file of `activation/` behind it.
@group(0) @binding(0) var<storage, read_write> gate: array<f32>;  // [n]
@group(0) @binding(1) var<storage, read_write> up: array<f32>;    // [n]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;     // [n]
@group(0) @binding(3) var<storage, read> shape: array<u32>;       // n

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * {{ workgroup }}u;
    if (i >= shape[0]) { return; }
    y[i] = activation(gate[i]) * up[i];
}
