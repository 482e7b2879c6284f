// Gradient of short_convolution with respect to B, C and x of the positions; what came before is a constant. One lane per
// column of a row.
@group(0) @binding(0) var<storage, read_write> bcx: array<f32>;    // [tokens, 3 · width]
@group(0) @binding(1) var<storage, read_write> past: array<f32>;   // [before, width], u of the positions before
@group(0) @binding(2) var<storage, read_write> kernel: array<f32>; // [taps, width], that of the position itself last
@group(0) @binding(3) var<storage, read_write> d: array<f32>;      // [tokens, width]
@group(0) @binding(4) var<storage, read_write> d_bcx: array<f32>;  // [tokens, 3 · width]
@group(0) @binding(5) var<storage, read> shape: array<u32>;        // tokens, width, taps, before

// u of a row, counted from the first of past.
fn input(row: u32, c: u32) -> f32 {
    let width = shape[1];
    if (row < shape[3]) { return past[row * width + c]; }
    let at = (row - shape[3]) * 3u * width + c;
    return bcx[at] * bcx[at + 2u * width];
}

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let tokens = shape[0];
    let width = shape[1];
    let taps = shape[2];
    let before = shape[3];
    let c = id.x;
    if (c >= width) { return; }
    // What came out of the convolution, for C; and the gradient of u, which came into as many positions as there are taps.
    var sum = 0.0;
    var d_u = 0.0;
    for (var j = 0u; j < taps; j++) {
        sum += kernel[j * width + c] * input(before + id.y + 1u + j - taps, c);
        let later = id.y + j;
        if (later < tokens) {
            d_u += kernel[(taps - 1u - j) * width + c] * d[later * width + c] * bcx[(later * 3u + 1u) * width + c];
        }
    }
    let at = id.y * 3u * width + c;
    d_bcx[at] = d_u * bcx[at + 2u * width];
    d_bcx[at + width] = d[id.y * width + c] * sum;
    d_bcx[at + 2u * width] = d_u * bcx[at];
}
