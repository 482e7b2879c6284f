// How fast memory can be read and written.
@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>; // [vectors]
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>; // [vectors]
@group(0) @binding(2) var<storage, read> shape: array<u32>;         // vectors, lanes

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    for (var i = id.x; i < shape[0]; i += shape[1]) { y[i] = x[i]; }
}
