// y = x · wᵀ for few tokens: 16 lanes share a weight row and read neighboring words, four rows a workgroup; {{ tokens }}
// input rows at once.
@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>; // [tokens, 2 · octets]
@group(0) @binding(1) var<storage, read_write> w: array<vec4<u32>>; // [rows, octets], packed
@group(0) @binding(2) var<storage, read_write> y: array<f32>;       // [tokens, rows]
@group(0) @binding(3) var<storage, read> shape: array<u32>;         // tokens, rows, octets, high word, scale word

const TOKENS: u32 = {{ tokens }}u;
const LANES: u32 = 16u; // per row
const ROWS: u32 = 4u;   // per workgroup

@compute @workgroup_size(64, 1, 1)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    lane: Lane,
) {
    let tokens = shape[0];
    let rows = shape[1];
    let octets = shape[2];
    let first_row = (group.x + group.y * groups.x) * ROWS;
    let first = group.z * TOKENS;

    // Rows and tokens past the end repeat the last one and are not written.
    let row = min(first_row + lane.index / LANES, rows - 1u);
    var start: array<u32, {{ tokens }}>;
    for (var t = 0u; t < TOKENS; t++) { start[t] = min(first + t, tokens - 1u) * octets * 2u; }
    var sum: array<f32, {{ tokens }}>;
    for (var o = lane.index % LANES; o < octets; o += LANES) {
        let v = weights(row * octets + o);
        for (var t = 0u; t < TOKENS; t++) {
            sum[t] += dot(v.lo, x[start[t] + 2u * o]) + dot(v.hi, x[start[t] + 2u * o + 1u]);
        }
    }
    share(sum, lane);
    workgroupBarrier();

    for (var i = lane.index; i < TOKENS * ROWS; i += 64u) {
        let token = first + i / ROWS;
        let r = first_row + i % ROWS;
        if (token < tokens && r < rows) {
            y[token * rows + r] = sum_of(i / ROWS, i % ROWS * LANES, LANES);
        }
    }
}
