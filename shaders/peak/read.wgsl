// How fast memory can be read: every lane adds up what lies as far apart as there are lanes.
@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>; // [vectors]
@group(0) @binding(1) var<storage, read_write> y: array<f32>;       // [lanes]
@group(0) @binding(2) var<storage, read> shape: array<u32>;         // vectors, lanes

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    var sum = vec4<f32>();
    for (var i = id.x; i < shape[0]; i += shape[1]) { sum += x[i]; }
    y[id.x] = (sum.x + sum.y) + (sum.z + sum.w);
}
