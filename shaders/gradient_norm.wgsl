// L1 norm of each row of a gradient: out[r] = Σ_c |g[r, c]|. One workgroup per row.
@group(0) @binding(0) var<storage, read_write> g: array<f32>;    // [rows, cols]
@group(0) @binding(1) var<storage, read_write> out: array<f32>;  // [rows]
@group(0) @binding(2) var<storage, read> shape: array<u32>;       // rows, cols

const WORKGROUP: u32 = {{ workgroup }}u;

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(workgroup_id) group: vec3<u32>, lane: Lane) {
    let cols = shape[1];
    var sum = 0.0;
    for (var c = lane.index; c < cols; c += WORKGROUP) { sum += abs(g[group.x * cols + c]); }
    share(array(sum), lane);
    workgroupBarrier();
    if (lane.index == 0u) { out[group.x] = sum_of(0u, 0u, WORKGROUP); }
}
