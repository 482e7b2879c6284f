
// 8 bits, signed: two words an octet, the first column lowest.
fn quants(o: u32) -> Eight {
    let up = vec4<u32>(24u, 16u, 8u, 0u);
    let down = vec4<u32>(24u);
    return Eight(
        vec4<f32>(bitcast<vec4<i32>>(vec4<u32>(word(2u * o)) << up) >> down),
        vec4<f32>(bitcast<vec4<i32>>(vec4<u32>(word(2u * o + 1u)) << up) >> down),
    );
}
