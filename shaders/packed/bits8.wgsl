
// 8 bits, signed: two words an octet, the first column lowest.
fn bytes(first: u32, second: u32) -> Eight {
    return Eight(vec4<f32>(unpack4xI8(first)), vec4<f32>(unpack4xI8(second)));
}

fn quants(o: u32) -> Eight { return bytes(word(2u * o), word(2u * o + 1u)); }

fn block(b: u32) -> array<vec4<f32>, 8> {
    let p = w[2u * b];
    let q = w[2u * b + 1u];
    return join(bytes(p.x, p.y), bytes(p.z, p.w), bytes(q.x, q.y), bytes(q.z, q.w));
}
