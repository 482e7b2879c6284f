
// 3 bits: half a word of low bit pairs an octet, and a byte of third bits from shape[3] on.
fn three(half: u32, high: u32) -> Eight {
    let q = vec4<u32>(half);
    let both = vec4<u32>(3u);
    let top = vec4<u32>(high << 2u);
    let third = vec4<u32>(4u);
    return Eight(
        vec4<f32>(((q >> vec4<u32>(0u, 2u, 4u, 6u)) & both) | ((top >> vec4<u32>(0u, 1u, 2u, 3u)) & third)),
        vec4<f32>(((q >> vec4<u32>(8u, 10u, 12u, 14u)) & both) | ((top >> vec4<u32>(4u, 5u, 6u, 7u)) & third)),
    );
}

fn quants(o: u32) -> Eight {
    return three(word(o / 2u) >> (16u * (o % 2u)), word(shape[3] + o / 4u) >> (8u * (o % 4u)));
}

fn block(b: u32) -> array<vec4<f32>, 8> {
    let first = word(2u * b);
    let second = word(2u * b + 1u);
    let top = word(shape[3] + b);
    return join(
        three(first, top),
        three(first >> 16u, top >> 8u),
        three(second, top >> 16u),
        three(second >> 16u, top >> 24u),
    );
}
