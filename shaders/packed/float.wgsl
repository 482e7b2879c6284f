
// Floats are their own quants.
fn scales(o: u32) -> vec2<f32> { return vec2<f32>(1.0, 0.0); }

fn block(b: u32) -> array<vec4<f32>, 8> {
    return join(quants(4u * b), quants(4u * b + 1u), quants(4u * b + 2u), quants(4u * b + 3u));
}
