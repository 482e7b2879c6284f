// y = x · wᵀ without barriers, for software adapters: one lane per weight row, which it unpacks once for {{ tokens }} input
// rows.
@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>; // [tokens, 2 · octets]
@group(0) @binding(1) var<storage, read_write> w: array<vec4<u32>>; // [rows, octets], packed
@group(0) @binding(2) var<storage, read_write> y: array<f32>;       // [tokens, rows]
@group(0) @binding(3) var<storage, read> shape: array<u32>;         // tokens, rows, octets, high word, scale word

const TOKENS: u32 = {{ tokens }}u;

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let tokens = shape[0];
    let rows = shape[1];
    let octets = shape[2];
    let row = (group.x + group.y * groups.x) * {{ workgroup }}u + lane;
    let first = group.z * TOKENS;
    if (row >= rows) { return; }

    // Tokens past the end repeat the last one and are not written.
    var start: array<u32, {{ tokens }}>;
    for (var t = 0u; t < TOKENS; t++) { start[t] = min(first + t, tokens - 1u) * octets * 2u; }
    var sum: array<vec4<f32>, {{ tokens }}>;
    for (var o = 0u; o < octets; o++) {
        let v = weights(row * octets + o);
        for (var t = 0u; t < TOKENS; t++) {
            sum[t] += v.lo * x[start[t] + 2u * o] + v.hi * x[start[t] + 2u * o + 1u];
        }
    }
    for (var t = 0u; t < TOKENS; t++) {
        if (first + t < tokens) { y[(first + t) * rows + row] = (sum[t].x + sum[t].y) + (sum[t].z + sum[t].w); }
    }
}
