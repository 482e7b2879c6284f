// Table look-up: y[t] = w[ids[t] − first], zeros for an id that is not in the table. One lane per octet.
@group(0) @binding(0) var<storage, read_write> ids: array<u32>;     // [tokens]
@group(0) @binding(1) var<storage, read_write> w: array<vec4<u32>>; // [rows, octets], packed
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>; // [tokens, 2 · octets]
@group(0) @binding(3) var<storage, read> shape: array<u32>;         // tokens, rows, octets, high word, scale word, first

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let octets = shape[2];
    if (id.x >= octets || id.y >= shape[0]) { return; }
    let row = ids[id.y] - shape[5]; // of a smaller id, a number beyond all rows
    var v = Eight();
    if (row < shape[1]) { v = weights(row * octets + id.x); }
    let at = (id.y * octets + id.x) * 2u;
    y[at] = v.lo;
    y[at + 1u] = v.hi;
}
