// Gradient of causal attention with respect to the queries: with p = exp(score − log_sum) and inner = Σ_c d_out·out,
// d_score = p·(d_out·v − inner)·scale, times 1 − (score/cap)² where scores are capped, and d_q = Σ_keys d_score·k. One
// lane per query and head; leaves inner for the gradients of keys and values.
@group(0) @binding(0) var<storage, read_write> q: array<vec4<f32>>;     // [tokens, heads, width]
@group(0) @binding(1) var<storage, read_write> k: array<vec4<f32>>;     // [keys, kv_heads, width]
@group(0) @binding(2) var<storage, read_write> v: array<vec4<f32>>;     // [keys, kv_heads, width]
@group(0) @binding(3) var<storage, read_write> out: array<vec4<f32>>;   // [tokens, heads, width]
@group(0) @binding(4) var<storage, read_write> d_out: array<vec4<f32>>; // [tokens, heads, width]
@group(0) @binding(5) var<storage, read_write> log_sum: array<f32>;     // [tokens, heads]
@group(0) @binding(6) var<storage, read_write> d_q: array<vec4<f32>>;   // [tokens, heads, width]
@group(0) @binding(7) var<storage, read> shape: array<u32>;       // tokens, heads, kv_heads, start, window, scale and cap as bits

const WIDTH: u32 = {{ width }}u; // of a head, in vectors
const CAPPED: bool = {{ capped }}; // scores are cap·tanh(score/cap)

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let heads = shape[1];
    let kv_heads = shape[2];
    if (id.x >= shape[0] * heads) { return; }
    let position = shape[3] + id.x / heads;
    let kv_head = (id.x % heads) / (heads / kv_heads);
    let scale = bitcast<f32>(shape[5]);
    let first = max(position + 1u, shape[4]) - shape[4];

    var query: array<vec4<f32>, {{ width }}>;
    var gradient: array<vec4<f32>, {{ width }}>;
    var sum: array<vec4<f32>, {{ width }}>;
    var inner = 0.0;
    for (var c = 0u; c < WIDTH; c++) {
        query[c] = q[id.x * WIDTH + c] * scale;
        gradient[c] = d_out[id.x * WIDTH + c];
        inner += dot(gradient[c], out[id.x * WIDTH + c]);
    }
    let log_total = log_sum[id.x];
    for (var key = first; key <= position; key++) {
        let at = (key * kv_heads + kv_head) * WIDTH;
        var products = vec4<f32>();
        var d_p = vec4<f32>();
        for (var c = 0u; c < WIDTH; c++) {
            products += query[c] * k[at + c];
            d_p += gradient[c] * v[at + c];
        }
        var score = (products.x + products.y) + (products.z + products.w);
        var slope = scale;
        if (CAPPED) {
            // Some drivers' tanh overflows where it is 1 long since.
            let cap = bitcast<f32>(shape[6]);
            let bent = tanh(clamp(score / cap, -15.0, 15.0));
            score = cap * bent;
            slope *= 1.0 - bent * bent;
        }
        let p = exp(score - log_total);
        let d_score = p * ((d_p.x + d_p.y) + (d_p.z + d_p.w) - inner) * slope;
        for (var c = 0u; c < WIDTH; c++) { sum[c] += d_score * k[at + c]; }
    }
    for (var c = 0u; c < WIDTH; c++) { d_q[id.x * WIDTH + c] = sum[c]; }
}
