// Gradient of causal attention with respect to the keys and values of the new positions: d_v = Σ p·d_out and
// d_k = Σ d_score·q over the later queries of all heads that share the key head. One lane per key and key head; result
// [2, tokens, kv_heads, width], keys first.
@group(0) @binding(0) var<storage, read_write> q: array<vec4<f32>>;     // [tokens, heads, width]
@group(0) @binding(1) var<storage, read_write> k: array<vec4<f32>>;     // [keys, kv_heads, width]
@group(0) @binding(2) var<storage, read_write> v: array<vec4<f32>>;     // [keys, kv_heads, width]
@group(0) @binding(3) var<storage, read_write> out: array<vec4<f32>>;   // [tokens, heads, width]
@group(0) @binding(4) var<storage, read_write> d_out: array<vec4<f32>>; // [tokens, heads, width]
@group(0) @binding(5) var<storage, read_write> log_sum: array<f32>;     // [tokens, heads]
@group(0) @binding(6) var<storage, read_write> d_kv: array<vec4<f32>>;  // [2, tokens, kv_heads, width]
@group(0) @binding(7) var<storage, read> shape: array<u32>;       // tokens, heads, kv_heads, start, window, scale and cap as bits

const WIDTH: u32 = {{ width }}u; // of a head, in vectors
const CAPPED: bool = {{ capped }}; // scores are cap·tanh(score/cap)

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let tokens = shape[0];
    let heads = shape[1];
    let kv_heads = shape[2];
    if (id.x >= tokens * kv_heads) { return; }
    let own = id.x / kv_heads;
    let kv_head = id.x % kv_heads;
    let sharing = heads / kv_heads;
    let scale = bitcast<f32>(shape[5]);
    let at = (shape[3] * kv_heads + id.x) * WIDTH;

    var key: array<vec4<f32>, {{ width }}>;
    var value: array<vec4<f32>, {{ width }}>;
    var d_key: array<vec4<f32>, {{ width }}>;
    var d_value: array<vec4<f32>, {{ width }}>;
    for (var c = 0u; c < WIDTH; c++) {
        key[c] = k[at + c] * scale;
        value[c] = v[at + c];
    }
    // The window may be as large as a number can be.
    let last = own + min(tokens - own, shape[4]);
    for (var t = own; t < last; t++) {
        for (var h = kv_head * sharing; h < (kv_head + 1u) * sharing; h++) {
            let row = t * heads + h;
            var products = vec4<f32>();
            var d_p = vec4<f32>();
            var inner = vec4<f32>();
            for (var c = 0u; c < WIDTH; c++) {
                let gradient = d_out[row * WIDTH + c];
                products += q[row * WIDTH + c] * key[c];
                d_p += gradient * value[c];
                inner += gradient * out[row * WIDTH + c];
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
            let p = exp(score - log_sum[row]);
            let difference = d_p - inner;
            let d_score = p * ((difference.x + difference.y) + (difference.z + difference.w)) * slope;
            for (var c = 0u; c < WIDTH; c++) {
                d_key[c] += d_score * q[row * WIDTH + c];
                d_value[c] += p * d_out[row * WIDTH + c];
            }
        }
    }
    for (var c = 0u; c < WIDTH; c++) {
        d_kv[id.x * WIDTH + c] = d_key[c];
        d_kv[(tokens * kv_heads + id.x) * WIDTH + c] = d_value[c];
    }
}
