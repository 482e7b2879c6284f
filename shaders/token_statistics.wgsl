// What a row of logits says: largest logit and its smallest id, second largest, and relative to the largest the sums
// rest = Σ exp(z − max) and weighted = Σ (z − max)·exp(z − max) over all other entries. Without the largest entry's own 1,
// ln(1 + rest) keeps the relative accuracy of a nearly certain token. One lane per row and stripe of the vocabulary.
@group(0) @binding(0) var<storage, read_write> logits: array<f32>; // [rows, vocab]
@group(0) @binding(1) var<storage, read_write> part: array<f32>;   // [rows, stripes, 5]
@group(0) @binding(2) var<storage, read> shape: array<u32>;        // vocab, stripes

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let vocab = shape[0];
    let stripes = shape[1];
    if (id.x >= stripes) { return; }
    let base = id.y * vocab;
    var best = vocab;
    var most = -3e38;
    var second = -3e38;
    for (var i = id.x; i < vocab; i += stripes) {
        let z = logits[base + i];
        if (z > most) {
            second = most;
            most = z;
            best = i;
        } else {
            second = max(second, z);
        }
    }
    var rest = 0.0;
    var weighted = 0.0;
    for (var i = id.x; i < vocab; i += stripes) {
        if (i != best) {
            let shift = logits[base + i] - most;
            let e = exp(shift);
            rest += e;
            weighted += e * shift;
        }
    }
    let at = (id.y * stripes + id.x) * 5u;
    part[at] = f32(best); // exact below 2²⁴
    part[at + 1u] = most;
    part[at + 2u] = second;
    part[at + 3u] = rest;
    part[at + 4u] = weighted;
}
