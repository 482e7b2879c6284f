// Keys and values of all positions: those before, then the new ones with their keys rotated as in rope. One lane per entry.
@group(0) @binding(0) var<storage, read_write> past_k: array<f32>; // [past, width]
@group(0) @binding(1) var<storage, read_write> past_v: array<f32>; // [past, width]
@group(0) @binding(2) var<storage, read_write> k: array<f32>;      // [tokens, width]
@group(0) @binding(3) var<storage, read_write> v: array<f32>;      // [tokens, width]
@group(0) @binding(4) var<storage, read_write> table: array<f32>;  // [tokens, 2 · half], cosines first
@group(0) @binding(5) var<storage, read_write> all_k: array<f32>;  // [past + tokens, width]
@group(0) @binding(6) var<storage, read_write> all_v: array<f32>;  // [past + tokens, width]
@group(0) @binding(7) var<storage, read> shape: array<u32>;        // past, width, half, width of a head

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let past = shape[0];
    let width = shape[1];
    let half = shape[2];
    if (id.x >= width) { return; }
    let to = id.y * width + id.x;
    if (id.y < past) {
        all_k[to] = past_k[to];
        all_v[to] = past_v[to];
        return;
    }
    let token = id.y - past;
    let at = token * width + id.x;
    all_v[to] = v[at];
    let column = id.x % shape[3];
    if (column >= 2u * half) {
        all_k[to] = k[at];
        return;
    }
    let c = column % half;
    let cs = table[token * 2u * half + c];
    let sn = table[token * 2u * half + half + c];
    if (column < half) {
        all_k[to] = k[at] * cs - k[at + half] * sn;
    } else {
        all_k[to] = k[at] * cs + k[at - half] * sn;
    }
}
