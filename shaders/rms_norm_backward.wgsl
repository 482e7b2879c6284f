// dx = r·(weight·dy) − x·r³·mean(x·weight·dy), the gradient of rms_norm. One workgroup per row.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;      // [rows, width]
@group(0) @binding(1) var<storage, read_write> weight: array<f32>; // [width]
@group(0) @binding(2) var<storage, read_write> dy: array<f32>;     // [rows, width]
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;     // [rows, width]
@group(0) @binding(4) var<storage, read> shape: array<u32>;        // width, ε as bits

const WORKGROUP: u32 = {{ workgroup }}u;

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(workgroup_id) group: vec3<u32>, lane: Lane) {
    let width = shape[0];
    let base = group.x * width;
    var own = vec2<f32>(); // Σ x², Σ x·weight·dy
    for (var c = lane.index; c < width; c += WORKGROUP) {
        let v = x[base + c];
        own += vec2(v * v, v * weight[c] * dy[base + c]);
    }
    share(array(own.x, own.y), lane);
    workgroupBarrier();
    let mean = vec2(sum_of(0u, 0u, WORKGROUP), sum_of(1u, 0u, WORKGROUP)) / f32(width);
    let r = 1.0 / sqrt(mean.x + bitcast<f32>(shape[1]));
    let back = mean.y * r * r * r;
    for (var c = lane.index; c < width; c += WORKGROUP) {
        dx[base + c] = r * weight[c] * dy[base + c] - x[base + c] * back;
    }
}
