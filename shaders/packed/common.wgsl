
// What the layouts share. Weights come in octets: eight neighboring columns of one row, numbered through the matrix.
struct Eight { lo: vec4<f32>, hi: vec4<f32> }

fn word(i: u32) -> u32 { return w[i / 4u][i % 4u]; }

// Two half-precision numbers. Integer arithmetic, because unpack2x16float may flush subnormal scales to zero.
fn halves(pair: u32) -> vec2<f32> {
    let h = vec2<u32>(pair & 0xffffu, pair >> 16u);
    let m = h & vec2<u32>(0x7fffu);
    let normal = bitcast<vec2<f32>>((m << vec2<u32>(13u)) + vec2<u32>(0x70000000u)) * 1.925929944387236e-34;
    let subnormal = bitcast<vec2<f32>>(m | vec2<u32>(0x3f000000u)) - 0.5;
    let magnitude = select(normal, subnormal, m < vec2<u32>(0x400u));
    return bitcast<vec2<f32>>(bitcast<vec2<u32>>(magnitude) | ((h & vec2<u32>(0x8000u)) << vec2<u32>(16u)));
}
