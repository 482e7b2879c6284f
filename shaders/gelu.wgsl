// y = GELU(x + bias), with the error function: `activation/gelu`.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;    // [rows, width]
@group(0) @binding(1) var<storage, read_write> bias: array<f32>; // [width]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;    // [rows, width]
@group(0) @binding(3) var<storage, read> shape: array<u32>;      // rows · width, width

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * {{ workgroup }}u;
    if (i >= shape[0]) { return; }
    y[i] = activation(x[i] + bias[i % shape[1]]);
}
