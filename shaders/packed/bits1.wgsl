
// 1 bit: a byte an octet, the first column lowest. Doubled, so that what is halfway is an integer.
fn one(byte: u32) -> Eight {
    let q = vec4<u32>(byte << 1u);
    let two = vec4<u32>(2u);
    return Eight(
        vec4<f32>((q >> vec4<u32>(0u, 1u, 2u, 3u)) & two),
        vec4<f32>((q >> vec4<u32>(4u, 5u, 6u, 7u)) & two),
    );
}

fn quants(o: u32) -> Eight { return one(word(o / 4u) >> (8u * (o % 4u))); }

fn block(b: u32) -> array<vec4<f32>, 8> {
    let q = word(b);
    return join(one(q), one(q >> 8u), one(q >> 16u), one(q >> 24u));
}
