// Causal attention with an online softmax and without barriers, for software adapters: one lane per query and head. Query
// t stands at start + t and sees keys up to itself, with a window only the last `window` of them.
@group(0) @binding(0) var<storage, read_write> q: array<vec4<f32>>;   // [tokens, heads, width]
@group(0) @binding(1) var<storage, read_write> k: array<vec4<f32>>;   // [keys, kv_heads, width]
@group(0) @binding(2) var<storage, read_write> v: array<vec4<f32>>;   // [keys, kv_heads, width]
@group(0) @binding(3) var<storage, read_write> out: array<vec4<f32>>; // [tokens, heads, width]
@group(0) @binding(4) var<storage, read_write> log_sum: array<f32>;   // [tokens, heads], of the scaled scores
@group(0) @binding(5) var<storage, read> shape: array<u32>;       // tokens, heads, kv_heads, start, window, scale and cap as bits

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
    var sum: array<vec4<f32>, {{ width }}>;
    for (var c = 0u; c < WIDTH; c++) { query[c] = q[id.x * WIDTH + c] * scale; }
    var most = -1e30;
    var total = 0.0;
    for (var key = first; key <= position; key++) {
        let at = (key * kv_heads + kv_head) * WIDTH;
        var products = vec4<f32>();
        for (var c = 0u; c < WIDTH; c++) { products += query[c] * k[at + c]; }
        var score = (products.x + products.y) + (products.z + products.w);
        if (CAPPED) {
            // Some drivers' tanh overflows where it is 1 long since.
            let cap = bitcast<f32>(shape[6]);
            score = cap * tanh(clamp(score / cap, -15.0, 15.0));
        }
        if (score > most) {
            let shrink = exp(most - score);
            total *= shrink;
            for (var c = 0u; c < WIDTH; c++) { sum[c] *= shrink; }
            most = score;
        }
        let p = exp(score - most);
        total += p;
        for (var c = 0u; c < WIDTH; c++) { sum[c] += p * v[at + c]; }
    }
    for (var c = 0u; c < WIDTH; c++) { out[id.x * WIDTH + c] = sum[c] / total; }
    log_sum[id.x] = most + log(total);
}
