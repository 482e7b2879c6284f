// y = Σ x[s] over slices s.
@group(0) @binding(0) var<storage, read_write> x: array<f32>; // [slices, n]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [n]
@group(0) @binding(2) var<storage, read> shape: array<u32>;   // n, slices

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * {{ workgroup }}u;
    if (i >= shape[0]) { return; }
    var sum = 0.0;
    for (var s = 0u; s < shape[1]; s++) { sum += x[s * shape[0] + i]; }
    y[i] = sum;
}
