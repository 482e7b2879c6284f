// Gated short convolution: of each position the columns are B, C and x side by side; u = B·x, y = C·Σ kernel·u over the
// position and those before it. One lane per column of a row; behind the rows of y come those of the last inputs u.
@group(0) @binding(0) var<storage, read_write> bcx: array<f32>;    // [tokens, 3 · width]
@group(0) @binding(1) var<storage, read_write> past: array<f32>;   // [before, width], u of the positions before
@group(0) @binding(2) var<storage, read_write> kernel: array<f32>; // [taps, width], that of the position itself last
@group(0) @binding(3) var<storage, read_write> y: array<f32>;      // [tokens, width]
@group(0) @binding(4) var<storage, read_write> last: array<f32>;   // [kept, width], of past and u
@group(0) @binding(5) var<storage, read> shape: array<u32>;        // tokens, width, taps, before, kept

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
    if (id.y >= tokens) {
        let row = id.y - tokens;
        last[row * width + c] = input(before + tokens - shape[4] + row, c);
        return;
    }
    var sum = 0.0;
    for (var j = 0u; j < taps; j++) {
        sum += kernel[j * width + c] * input(before + id.y + 1u + j - taps, c);
    }
    y[id.y * width + c] = bcx[(id.y * 3u + 1u) * width + c] * sum;
}
