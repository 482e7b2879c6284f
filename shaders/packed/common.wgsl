
// What the layouts share. Weights come in octets: eight neighboring columns of one row, numbered through the matrix. A
// layout says what the quants q of an octet or of a block of four octets are, and the d and m of w = (q - zero)·d + m.
struct Eight { lo: vec4<f32>, hi: vec4<f32> }

const ZERO: f32 = {{ zero }};

fn weights(o: u32) -> Eight {
    let q = quants(o);
    let s = scales(o);
    return Eight((q.lo - ZERO) * s.x + s.y, (q.hi - ZERO) * s.x + s.y);
}

fn join(a: Eight, b: Eight, c: Eight, d: Eight) -> array<vec4<f32>, 8> {
    return array<vec4<f32>, 8>(a.lo, a.hi, b.lo, b.hi, c.lo, c.hi, d.lo, d.hi);
}

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
