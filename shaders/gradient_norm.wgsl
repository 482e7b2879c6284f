// L1 norm of each row of a gradient: out[r] = Σ_c |g[r, c]|. One workgroup per row.
@group(0) @binding(0) var<storage, read_write> g: array<f32>;    // [rows, cols]
@group(0) @binding(1) var<storage, read_write> out: array<f32>;  // [rows]
@group(0) @binding(2) var<storage, read> shape: array<u32>;       // rows, cols

const WORKGROUP: u32 = {{ workgroup }}u;
var<workgroup> part: array<f32, {{ workgroup }}>;

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let cols = shape[1];
    var sum = 0.0;
    for (var c = lane; c < cols; c += WORKGROUP) { sum += abs(g[group.x * cols + c]); }
    part[lane] = sum;
    workgroupBarrier();
    for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
        if (lane < half) { part[lane] += part[lane + half]; }
        workgroupBarrier();
    }
    if (lane == 0u) { out[group.x] = part[0]; }
}
