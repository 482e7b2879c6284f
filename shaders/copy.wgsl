// Copies a block of rows and columns of x to a block of y; columns that the first one lacks are zeros.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
// Elements and columns of y's block, columns of x's; from row to row of x and first element, the same of y.
@group(0) @binding(2) var<storage, read> shape: array<u32>;

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * {{ workgroup }}u;
    if (i >= shape[0]) { return; }
    let row = i / shape[1];
    let col = i % shape[1];
    var value = 0.0;
    if (col < shape[2]) { value = x[row * shape[3] + shape[4] + col]; }
    y[row * shape[5] + shape[6] + col] = value;
}
