// dx = r·(weight·dy) − x·r³·mean(x·weight·dy), the gradient of rms_norm. One workgroup per row.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;      // [rows, width]
@group(0) @binding(1) var<storage, read_write> weight: array<f32>; // [width]
@group(0) @binding(2) var<storage, read_write> dy: array<f32>;     // [rows, width]
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;     // [rows, width]
@group(0) @binding(4) var<storage, read> shape: array<u32>;        // width, ε as bits

const WORKGROUP: u32 = {{ workgroup }}u;
var<workgroup> part: array<vec2<f32>, {{ workgroup }}>; // Σ x², Σ x·weight·dy

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let width = shape[0];
    let base = group.x * width;
    var own = vec2<f32>();
    for (var c = lane; c < width; c += WORKGROUP) {
        let v = x[base + c];
        own += vec2(v * v, v * weight[c] * dy[base + c]);
    }
    part[lane] = own;
    workgroupBarrier();
    var total = vec2<f32>();
    for (var l = 0u; l < WORKGROUP; l++) { total += part[l]; }
    let mean = total / f32(width);
    let r = 1.0 / sqrt(mean.x + bitcast<f32>(shape[1]));
    let back = mean.y * r * r * r;
    for (var c = lane; c < width; c += WORKGROUP) {
        dx[base + c] = r * weight[c] * dy[base + c] - x[base + c] * back;
    }
}
