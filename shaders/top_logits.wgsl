// The {{ count }} largest logits of a row, falling, each as id and logit; of equals the smaller id comes first. One
// workgroup per row: each lane finds those of its stripe, then one lane chooses among them.
@group(0) @binding(0) var<storage, read_write> logits: array<f32>; // [rows, vocab]
@group(0) @binding(1) var<storage, read_write> out: array<f32>;    // [rows, 2·count]
@group(0) @binding(2) var<storage, read> shape: array<u32>;        // vocab

const WORKGROUP: u32 = {{ workgroup }}u;
const COUNT: u32 = {{ count }}u;
const LEAST = -3e38; // below every logit
struct Entry { id: u32, z: f32 }
var<workgroup> found: array<Entry, {{ workgroup }} * {{ count }}>;

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let vocab = shape[0];
    let base = group.x * vocab;
    var top: array<Entry, {{ count }}>;
    for (var k = 0u; k < COUNT; k++) { top[k] = Entry(vocab, LEAST); }
    for (var i = lane; i < vocab; i += WORKGROUP) {
        let z = logits[base + i];
        if (z > top[COUNT - 1u].z) {
            // Ids of a lane rise, so an equal one stays before it.
            var k = COUNT - 1u;
            while (k > 0u && z > top[k - 1u].z) {
                top[k] = top[k - 1u];
                k -= 1u;
            }
            top[k] = Entry(i, z);
        }
    }
    for (var k = 0u; k < COUNT; k++) { found[lane * COUNT + k] = top[k]; }
    workgroupBarrier();
    if (lane != 0u) { return; }
    for (var k = 0u; k < COUNT; k++) {
        var best = 0u;
        for (var i = 1u; i < WORKGROUP * COUNT; i++) {
            let a = found[i];
            let b = found[best];
            if (a.z > b.z || (a.z == b.z && a.id < b.id)) { best = i; }
        }
        let at = (group.x * COUNT + k) * 2u;
        out[at] = f32(found[best].id); // exact below 2²⁴
        out[at + 1u] = found[best].z;
        found[best] = Entry(vocab, LEAST);
    }
}
