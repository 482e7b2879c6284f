// Attention of every token to those of its own text that are in reach, with an online softmax and without barriers: one lane per query
// and head. What the distance between two tokens adds to a score is in `segments/`.
@group(0) @binding(0) var<storage, read_write> q: array<vec4<f32>>;   // [tokens, heads, width]
@group(0) @binding(1) var<storage, read_write> k: array<vec4<f32>>;   // [tokens, heads, width]
@group(0) @binding(2) var<storage, read_write> v: array<vec4<f32>>;   // [tokens, heads, width]
@group(0) @binding(3) var<storage, read_write> segments: array<u32>;  // [tokens, 2]: first token, one past the last
@group(0) @binding(4) var<storage, read_write> out: array<vec4<f32>>; // [tokens, heads, width]
@group(0) @binding({{ shape }}) var<storage, read> shape: array<u32>; // tokens, heads, scale as bits, reach; of `segments/`: longest − 1, vectors of keys

const WIDTH: u32 = {{ width }}u; // of a head, in vectors

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let heads = shape[1];
    if (id.x >= shape[0] * heads) { return; }
    let token = id.x / heads;
    let head = id.x % heads;
    let scale = bitcast<f32>(shape[2]);

    var query: array<vec4<f32>, {{ width }}>;
    var sum: array<vec4<f32>, {{ width }}>;
    for (var c = 0u; c < WIDTH; c++) { query[c] = q[id.x * WIDTH + c] * scale; }
    var most = -1e30;
    var total = 0.0;
    let first = max(segments[2u * token], token - min(token, shape[3]));
    let end = min(segments[2u * token + 1u], token + shape[3] + 1u);
    for (var key = first; key < end; key++) {
        let at = (key * heads + head) * WIDTH;
        let row = distance_row(token, key);
        var products = vec4<f32>();
        for (var c = 0u; c < WIDTH; c++) {
            products += product(query[c], k[at + c], scale, (row * heads + head) * WIDTH + c);
        }
        let score = (products.x + products.y) + (products.z + products.w) + added(row * heads + head);
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
}
