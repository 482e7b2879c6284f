
// 4 bits: one word an octet, the first column lowest.
fn nibbles(word: u32) -> Eight {
    let q = vec4<u32>(word);
    return Eight(
        vec4<f32>((q >> vec4<u32>(0u, 4u, 8u, 12u)) & vec4<u32>(15u)),
        vec4<f32>((q >> vec4<u32>(16u, 20u, 24u, 28u)) & vec4<u32>(15u)),
    );
}

fn quants(o: u32) -> Eight { return nibbles(word(o)); }

fn block(b: u32) -> array<vec4<f32>, 8> {
    let q = w[b];
    return join(nibbles(q.x), nibbles(q.y), nibbles(q.z), nibbles(q.w));
}
