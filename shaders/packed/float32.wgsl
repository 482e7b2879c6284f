
// Single precision: two vectors an octet.
fn quants(o: u32) -> Eight {
    return Eight(bitcast<vec4<f32>>(w[2u * o]), bitcast<vec4<f32>>(w[2u * o + 1u]));
}
