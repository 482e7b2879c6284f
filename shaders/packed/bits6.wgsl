
// 6 bits: one word of low nibbles an octet, and half a word of top bit pairs from shape[3] on.
fn six(low: u32, high: u32) -> Eight {
    let q = vec4<u32>(low);
    let top = vec4<u32>((high & 0xffffu) << 4u);
    let both = vec4<u32>(48u);
    return Eight(
        vec4<f32>(((q >> vec4<u32>(0u, 4u, 8u, 12u)) & vec4<u32>(15u)) | ((top >> vec4<u32>(0u, 2u, 4u, 6u)) & both)),
        vec4<f32>(((q >> vec4<u32>(16u, 20u, 24u, 28u)) & vec4<u32>(15u)) | ((top >> vec4<u32>(8u, 10u, 12u, 14u)) & both)),
    );
}

fn quants(o: u32) -> Eight { return six(word(o), word(shape[3] + o / 2u) >> (16u * (o % 2u))); }

fn block(b: u32) -> array<vec4<f32>, 8> {
    let q = w[b];
    let first = word(shape[3] + 2u * b);
    let second = word(shape[3] + 2u * b + 1u);
    return join(six(q.x, first), six(q.y, first >> 16u), six(q.z, second), six(q.w, second >> 16u));
}
