// y = x · wᵀ for many tokens: a workgroup makes a tile of 64 weight rows × 32 tokens, a lane 8 × 4 of it; weights are
// unpacked once per tile into workgroup memory, 32 columns at a time.
@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>; // [tokens, 2 · octets]
@group(0) @binding(1) var<storage, read_write> w: array<vec4<u32>>; // [rows, octets], packed
@group(0) @binding(2) var<storage, read_write> y: array<f32>;       // [tokens, rows]
@group(0) @binding(3) var<storage, read> shape: array<u32>;         // tokens, rows, octets, high word, scale word

const ROWS: u32 = 64u;
const TOKENS: u32 = 32u;
var<workgroup> ws: array<vec4<f32>, 512>; // [8 vectors of columns, 64 rows]
var<workgroup> xs: array<vec4<f32>, 256>; // [8 vectors of columns, 32 tokens]

@compute @workgroup_size(64, 1, 1)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let tokens = shape[0];
    let rows = shape[1];
    let octets = shape[2];
    let first_row = (group.x + group.y * groups.x) * ROWS;
    let first = group.z * TOKENS;
    let lane_row = lane % 8u;
    let lane_token = lane / 8u;

    var sum: array<array<f32, 8>, 4>; // [tokens, rows]
    for (var o = 0u; o < octets; o += 4u) {
        // Rows and tokens past the end repeat the last one and are not written; columns past the end are zero.
        let row = min(first_row + lane, rows - 1u) * octets;
        for (var i = 0u; i < 4u; i++) {
            var v = Eight();
            if (o + i < octets) { v = weights(row + o + i); }
            ws[2u * i * ROWS + lane] = v.lo;
            ws[(2u * i + 1u) * ROWS + lane] = v.hi;
        }
        for (var i = lane; i < 8u * TOKENS; i += 64u) {
            let c = 2u * o + i / TOKENS;
            var v = vec4<f32>();
            if (c < 2u * octets) { v = x[min(first + i % TOKENS, tokens - 1u) * octets * 2u + c]; }
            xs[i] = v;
        }
        workgroupBarrier();
        for (var c = 0u; c < 8u; c++) {
            var a: array<vec4<f32>, 4>;
            for (var t = 0u; t < 4u; t++) { a[t] = xs[c * TOKENS + lane_token + 8u * t]; }
            for (var r = 0u; r < 8u; r++) {
                let b = ws[c * ROWS + lane_row + 8u * r];
                for (var t = 0u; t < 4u; t++) { sum[t][r] += dot(a[t], b); }
            }
        }
        workgroupBarrier();
    }
    for (var t = 0u; t < 4u; t++) {
        let token = first + lane_token + 8u * t;
        for (var r = 0u; r < 8u; r++) {
            let row = first_row + lane_row + 8u * r;
            if (token < tokens && row < rows) { y[token * rows + row] = sum[t][r]; }
        }
    }
}
