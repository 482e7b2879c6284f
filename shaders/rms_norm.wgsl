// y = x·r·weight with r = 1/√(mean x² + ε). One workgroup per row.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;      // [rows, width]
@group(0) @binding(1) var<storage, read_write> weight: array<f32>; // [width]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;      // [rows, width]
@group(0) @binding(3) var<storage, read> shape: array<u32>;        // width, ε as bits

const WORKGROUP: u32 = {{ workgroup }}u;

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(workgroup_id) group: vec3<u32>, lane: Lane) {
    let width = shape[0];
    let base = group.x * width;
    var square = 0.0;
    for (var c = lane.index; c < width; c += WORKGROUP) { square += x[base + c] * x[base + c]; }
    share(array(square), lane);
    workgroupBarrier();
    let r = 1.0 / sqrt(sum_of(0u, 0u, WORKGROUP) / f32(width) + bitcast<f32>(shape[1]));
    for (var c = lane.index; c < width; c += WORKGROUP) { y[base + c] = x[base + c] * r * weight[c]; }
}
