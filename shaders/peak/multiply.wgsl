// How fast numbers are multiplied and added: four vectors of sums a lane, which do not wait for each other.
@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>; // [2]: a factor below 1, and what is added
@group(0) @binding(1) var<storage, read_write> y: array<f32>;       // [lanes]
@group(0) @binding(2) var<storage, read> shape: array<u32>;         // rounds

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let f = x[0];
    let d = x[1];
    var a = vec4<f32>(f32(id.x));
    var b = a + d;
    var c = b + d;
    var e = c + d;
    for (var i = 0u; i < shape[0]; i++) {
        a = fma(a, f, d);
        b = fma(b, f, d);
        c = fma(c, f, d);
        e = fma(e, f, d);
    }
    let sum = (a + b) + (c + e);
    y[id.x] = (sum.x + sum.y) + (sum.z + sum.w);
}
