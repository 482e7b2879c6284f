// y = x · wᵀ without barriers, for software adapters: a lane makes four weight rows × {{ tokens }} input rows, so that what it
// loads and unpacks meets several others. Nothing is indexed by a variable but the buffers: what such adapters cannot keep in
// registers.
@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>; // [tokens, 2 · octets]
@group(0) @binding(1) var<storage, read_write> w: array<vec4<u32>>; // [rows, octets], packed
@group(0) @binding(2) var<storage, read_write> y: array<f32>;       // [tokens, rows]
@group(0) @binding(3) var<storage, read> shape: array<u32>;         // tokens, rows, octets, high word, scale word

const TOKENS: u32 = {{ tokens }}u; // 1, 2, 4 or 8

// The products of one input row with four weight rows.
fn products(at: u32, a: Eight, b: Eight, c: Eight, d: Eight) -> vec4<f32> {
    let lo = x[at];
    let hi = x[at + 1u];
    return vec4<f32>(
        dot(lo, a.lo) + dot(hi, a.hi),
        dot(lo, b.lo) + dot(hi, b.hi),
        dot(lo, c.lo) + dot(hi, c.hi),
        dot(lo, d.lo) + dot(hi, d.hi),
    );
}

fn write(token: u32, row: u32, sum: vec4<f32>) {
    let rows = shape[1];
    if (token >= shape[0]) { return; }
    let at = token * rows + row;
    y[at] = sum.x;
    if (row + 1u < rows) { y[at + 1u] = sum.y; }
    if (row + 2u < rows) { y[at + 2u] = sum.z; }
    if (row + 3u < rows) { y[at + 3u] = sum.w; }
}

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let last = shape[0] - 1u;
    let rows = shape[1];
    let octets = shape[2];
    let row = ((group.x + group.y * groups.x) * {{ workgroup }}u + lane) * 4u;
    let first = group.z * TOKENS;
    if (row >= rows) { return; }

    // Rows and tokens past the end repeat the last one and are not written.
    let a = row * octets;
    let b = min(row + 1u, rows - 1u) * octets;
    let c = min(row + 2u, rows - 1u) * octets;
    let d = min(row + 3u, rows - 1u) * octets;
    let width = 2u * octets;
    let at0 = first * width;
    let at1 = min(first + 1u, last) * width;
    let at2 = min(first + 2u, last) * width;
    let at3 = min(first + 3u, last) * width;
    let at4 = min(first + 4u, last) * width;
    let at5 = min(first + 5u, last) * width;
    let at6 = min(first + 6u, last) * width;
    let at7 = min(first + 7u, last) * width;
    var sum0 = vec4<f32>();
    var sum1 = vec4<f32>();
    var sum2 = vec4<f32>();
    var sum3 = vec4<f32>();
    var sum4 = vec4<f32>();
    var sum5 = vec4<f32>();
    var sum6 = vec4<f32>();
    var sum7 = vec4<f32>();
    for (var o = 0u; o < octets; o++) {
        let wa = weights(a + o);
        let wb = weights(b + o);
        let wc = weights(c + o);
        let wd = weights(d + o);
        let i = 2u * o;
        sum0 += products(at0 + i, wa, wb, wc, wd);
        if (TOKENS > 1u) { sum1 += products(at1 + i, wa, wb, wc, wd); }
        if (TOKENS > 2u) {
            sum2 += products(at2 + i, wa, wb, wc, wd);
            sum3 += products(at3 + i, wa, wb, wc, wd);
        }
        if (TOKENS > 4u) {
            sum4 += products(at4 + i, wa, wb, wc, wd);
            sum5 += products(at5 + i, wa, wb, wc, wd);
            sum6 += products(at6 + i, wa, wb, wc, wd);
            sum7 += products(at7 + i, wa, wb, wc, wd);
        }
    }
    write(first, row, sum0);
    if (TOKENS > 1u) { write(first + 1u, row, sum1); }
    if (TOKENS > 2u) {
        write(first + 2u, row, sum2);
        write(first + 3u, row, sum3);
    }
    if (TOKENS > 4u) {
        write(first + 4u, row, sum4);
        write(first + 5u, row, sum5);
        write(first + 6u, row, sum6);
        write(first + 7u, row, sum7);
    }
}
