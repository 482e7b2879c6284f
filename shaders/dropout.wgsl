// Numbers left out by chance: y[i] is 0 or x[i]·factor, as a hash of the seed and i says.
@group(0) @binding(0) var<storage, read_write> x: array<f32>; // [n]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [n]
@group(0) @binding(2) var<storage, read> shape: array<u32>;   // n, seed, the draw from which on one stays, bits of the factor

fn scramble(x: u32) -> u32 {
    let state = x * 747796405u + 2891336453u;
    let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
    return (word >> 22u) ^ word;
}

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * {{ workgroup }}u;
    if (i >= shape[0]) { return; }
    let stays = scramble(scramble(shape[1]) ^ i) >= shape[2];
    y[i] = select(0.0, x[i] * bitcast<f32>(shape[3]), stays);
}
