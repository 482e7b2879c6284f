// dx = dy · w, the gradient of x · wᵀ with respect to x. One lane: eight columns, {{ tokens }} tokens, one slice of the weight
// rows; the slices are added afterwards, because a head has far more rows than columns. Neighboring lanes read
// neighboring words of a row.
@group(0) @binding(0) var<storage, read_write> dy: array<f32>;       // [tokens, rows]
@group(0) @binding(1) var<storage, read_write> w: array<vec4<u32>>;  // [rows, octets], packed
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<f32>>; // [slices, tokens, 2 · octets]
@group(0) @binding(3) var<storage, read> shape: array<u32>;       // tokens, rows, octets, high, scale word, rows per slice

const TOKENS: u32 = {{ tokens }}u;

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let tokens = shape[0];
    let rows = shape[1];
    let octets = shape[2];
    let o = id.x;
    let first = id.y * TOKENS;
    if (o >= octets) { return; }

    // Tokens past the end repeat the last one and are not written.
    var start: array<u32, {{ tokens }}>;
    for (var t = 0u; t < TOKENS; t++) { start[t] = min(first + t, tokens - 1u) * rows; }
    let from_row = id.z * shape[5];
    let to_row = min(from_row + shape[5], rows);
    var lo: array<vec4<f32>, {{ tokens }}>;
    var hi: array<vec4<f32>, {{ tokens }}>;
    for (var r = from_row; r < to_row; r++) {
        let v = weights(r * octets + o);
        for (var t = 0u; t < TOKENS; t++) {
            let g = dy[start[t] + r];
            lo[t] += g * v.lo;
            hi[t] += g * v.hi;
        }
    }
    for (var t = 0u; t < TOKENS; t++) {
        if (first + t < tokens) {
            let at = ((id.z * tokens + first + t) * octets + o) * 2u;
            dx[at] = lo[t];
            dx[at + 1u] = hi[t];
        }
    }
}
