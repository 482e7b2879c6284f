
// 5 bits: one word of low nibbles an octet, and a byte of fifth bits from shape[3] on.
fn five(low: u32, high: u32) -> Eight {
    let q = vec4<u32>(low);
    let top = vec4<u32>(high << 4u);
    let fifth = vec4<u32>(16u);
    return Eight(
        vec4<f32>(((q >> vec4<u32>(0u, 4u, 8u, 12u)) & vec4<u32>(15u)) | ((top >> vec4<u32>(0u, 1u, 2u, 3u)) & fifth)),
        vec4<f32>(((q >> vec4<u32>(16u, 20u, 24u, 28u)) & vec4<u32>(15u)) | ((top >> vec4<u32>(4u, 5u, 6u, 7u)) & fifth)),
    );
}

fn quants(o: u32) -> Eight { return five(word(o), word(shape[3] + o / 4u) >> (8u * (o % 4u))); }

fn block(b: u32) -> array<vec4<f32>, 8> {
    let q = w[b];
    let top = word(shape[3] + b);
    return join(five(q.x, top), five(q.y, top >> 8u), five(q.z, top >> 16u), five(q.w, top >> 24u));
}
