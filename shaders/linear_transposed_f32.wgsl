// dx = dy · w, the backward of linear_f32 with respect to its input. One thread: one column, four tokens, one slice of the
// weight rows; the slices are added afterwards, because a head has far more rows than columns.
@group(0) @binding(0) var<storage, read_write> dy: array<f32>;   // [tokens, rows]
@group(0) @binding(1) var<storage, read_write> w: array<f32>;    // [rows, cols]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;   // [slices, tokens, cols]
@group(0) @binding(3) var<storage, read_write> shape: array<u32>; // tokens, rows, cols, rows per slice

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let tokens = shape[0];
    let rows = shape[1];
    let cols = shape[2];
    let c = id.x;
    let t = id.y * 4u;
    if (c >= cols || t >= tokens) { return; }

    let y0 = t * rows;
    let y1 = min(t + 1u, tokens - 1u) * rows;
    let y2 = min(t + 2u, tokens - 1u) * rows;
    let y3 = min(t + 3u, tokens - 1u) * rows;
    let first = id.z * shape[3];
    let last = min(first + shape[3], rows);
    var sum = vec4<f32>();
    for (var r = first; r < last; r++) {
        sum += w[r * cols + c] * vec4(dy[y0 + r], dy[y1 + r], dy[y2 + r], dy[y3 + r]);
    }
    let out = id.z * tokens * cols + c;
    dx[out + t * cols] = sum.x;
    if (t + 1u < tokens) { dx[out + (t + 1u) * cols] = sum.y; }
    if (t + 2u < tokens) { dx[out + (t + 2u) * cols] = sum.z; }
    if (t + 3u < tokens) { dx[out + (t + 3u) * cols] = sum.w; }
}
