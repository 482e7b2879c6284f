
// 2 bits: half a word an octet, the first column lowest.
fn two(half: u32) -> Eight {
    let q = vec4<u32>(half);
    let both = vec4<u32>(3u);
    return Eight(
        vec4<f32>((q >> vec4<u32>(0u, 2u, 4u, 6u)) & both),
        vec4<f32>((q >> vec4<u32>(8u, 10u, 12u, 14u)) & both),
    );
}

fn quants(o: u32) -> Eight { return two(word(o / 2u) >> (16u * (o % 2u))); }

fn block(b: u32) -> array<vec4<f32>, 8> {
    let first = word(2u * b);
    let second = word(2u * b + 1u);
    return join(two(first), two(first >> 16u), two(second), two(second >> 16u));
}
