// Rotary embedding, rotate-half convention: (a, b) → (a·cos − b·sin, b·cos + a·sin) for columns c and c + half of every
// head, whose columns from 2 · half on stay as they are. One lane per pair; sine times sign, which is −1 for the inverse.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;     // [tokens, heads · head]
@group(0) @binding(1) var<storage, read_write> table: array<f32>; // [tokens, 2 · half], cosines first
@group(0) @binding(2) var<storage, read_write> y: array<f32>;     // [tokens, heads · head]
@group(0) @binding(3) var<storage, read> shape: array<u32>;       // heads, half, sign as bits, half of head

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let heads = shape[0];
    let half = shape[1];
    let pairs = shape[3];
    if (id.x >= heads * pairs) { return; }
    let c = id.x % pairs;
    let head = (id.y * heads + id.x / pairs) * 2u * pairs;
    if (c >= half) {
        y[head + 2u * c] = x[head + 2u * c];
        y[head + 2u * c + 1u] = x[head + 2u * c + 1u];
        return;
    }
    let at = head + c;
    let cs = table[id.y * 2u * half + c];
    let sn = table[id.y * 2u * half + half + c] * bitcast<f32>(shape[2]);
    let a = x[at];
    let b = x[at + half];
    y[at] = a * cs - b * sn;
    y[at + half] = b * cs + a * sn;
}
