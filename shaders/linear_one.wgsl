// y = x · wᵀ for one token without barriers, for software adapters: one lane per weight row. Blocks of 32 columns are
// unpacked at once, and nothing is indexed by a variable but the buffers: what such adapters cannot keep in registers.
@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>; // [1, 8 · blocks]
@group(0) @binding(1) var<storage, read_write> w: array<vec4<u32>>; // [rows, blocks], packed
@group(0) @binding(2) var<storage, read_write> y: array<f32>;       // [1, rows]
@group(0) @binding(3) var<storage, read> shape: array<u32>;         // 1, rows, octets, high word, scale word

const MINIMUM: bool = {{ minimum }}; // m is not 0
const SPLIT: bool = {{ split }};     // each half of a block has its own scale

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = (group.x + group.y * groups.x) * {{ workgroup }}u + lane;
    if (row >= shape[1]) { return; }
    let blocks = shape[2] / 4u;
    var sum = vec4<f32>();
    for (var b = 0u; b < blocks; b++) {
        let q = block(row * blocks + b);
        let at = 8u * b;
        let x0 = x[at];
        let x1 = x[at + 1u];
        let x2 = x[at + 2u];
        let x3 = x[at + 3u];
        let x4 = x[at + 4u];
        let x5 = x[at + 5u];
        let x6 = x[at + 6u];
        let x7 = x[at + 7u];
        let zero = vec4<f32>(ZERO);
        let first = (q[0] - zero) * x0 + (q[1] - zero) * x1 + (q[2] - zero) * x2 + (q[3] - zero) * x3;
        let second = (q[4] - zero) * x4 + (q[5] - zero) * x5 + (q[6] - zero) * x6 + (q[7] - zero) * x7;
        let s = scales(4u * (row * blocks + b));
        if (SPLIT) {
            let t = scales(4u * (row * blocks + b) + 2u);
            sum += first * s.x + second * t.x;
            if (MINIMUM) { sum += ((x0 + x1) + (x2 + x3)) * s.y + ((x4 + x5) + (x6 + x7)) * t.y; }
        } else {
            sum += (first + second) * s.x;
            if (MINIMUM) { sum += (((x0 + x1) + (x2 + x3)) + ((x4 + x5) + (x6 + x7))) * s.y; }
        }
    }
    y[row] = (sum.x + sum.y) + (sum.z + sum.w);
}
