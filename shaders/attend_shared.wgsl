// Causal attention with an online softmax: one workgroup per query and head, 64 keys at a time. A lane first makes the
// score of one key, then adds up its columns of the values. Query t stands at start + t and sees keys up to itself, with a
// window only the last `window` of them.
@group(0) @binding(0) var<storage, read_write> q: array<vec4<f32>>; // [tokens, heads, width]
@group(0) @binding(1) var<storage, read_write> k: array<vec4<f32>>; // [keys, kv_heads, width]
@group(0) @binding(2) var<storage, read_write> v: array<f32>;       // [keys, kv_heads, 4 · width]
@group(0) @binding(3) var<storage, read_write> out: array<f32>;     // [tokens, heads, 4 · width]
@group(0) @binding(4) var<storage, read_write> log_sum: array<f32>; // [tokens, heads], of the scaled scores
@group(0) @binding(5) var<storage, read> shape: array<u32>;       // tokens, heads, kv_heads, start, window, scale and cap as bits

const WIDTH: u32 = {{ width }}u; // of a head, in vectors
const CAPPED: bool = {{ capped }}; // scores are cap·tanh(score/cap)
const COLUMNS: u32 = (4u * WIDTH + 63u) / 64u; // per lane
var<workgroup> query: array<vec4<f32>, {{ width }}>;
var<workgroup> weights: array<f32, 64>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(workgroup_id) group: vec3<u32>, lane: Lane) {
    let heads = shape[1];
    let kv_heads = shape[2];
    let head = group.x;
    let token = group.y;
    let position = shape[3] + token;
    let kv_head = head / (heads / kv_heads);
    let first = max(position + 1u, shape[4]) - shape[4];
    let row = token * heads + head;

    for (var c = lane.index; c < WIDTH; c += 64u) { query[c] = q[row * WIDTH + c] * bitcast<f32>(shape[5]); }
    workgroupBarrier();
    var most = -1e30;
    var total = 0.0;
    var sum: array<f32, COLUMNS>;
    for (var chunk = first; chunk <= position; chunk += 64u) {
        let key = chunk + lane.index;
        var score = -1e30;
        if (key <= position) {
            let at = (key * kv_heads + kv_head) * WIDTH;
            var products = vec4<f32>();
            for (var c = 0u; c < WIDTH; c++) { products += query[c] * k[at + c]; }
            score = (products.x + products.y) + (products.z + products.w);
            if (CAPPED) {
                // Some drivers' tanh overflows where it is 1 long since.
                let cap = bitcast<f32>(shape[6]);
                score = cap * tanh(clamp(score / cap, -15.0, 15.0));
            }
        }
        share_largest(score, lane);
        workgroupBarrier();
        // Every lane finds the same maximum.
        let new_most = max(most, largest_of());
        weights[lane.index] = select(0.0, exp(score - new_most), key <= position);
        workgroupBarrier();
        let shrink = exp(most - new_most);
        most = new_most;
        total *= shrink;
        for (var i = 0u; i < COLUMNS; i++) { sum[i] *= shrink; }
        let count = min(64u, position + 1u - chunk);
        for (var l = 0u; l < count; l++) {
            let p = weights[l];
            let at = ((chunk + l) * kv_heads + kv_head) * 4u * WIDTH;
            total += p;
            for (var i = 0u; i < COLUMNS; i++) {
                let c = lane.index + 64u * i;
                if (c < 4u * WIDTH) { sum[i] += p * v[at + c]; }
            }
        }
        workgroupBarrier();
    }
    for (var i = 0u; i < COLUMNS; i++) {
        let c = lane.index + 64u * i;
        if (c < 4u * WIDTH) { out[row * 4u * WIDTH + c] = sum[i] / total; }
    }
    if (lane.index == 0u) { log_sum[row] = most + log(total); }
}
