
// A half-precision d for every {{ octets }} octets, two to a word from shape[4] on.
fn scales(o: u32) -> vec2<f32> {
    let b = o / {{ octets }}u;
    let pair = halves(word(shape[4] + b / 2u));
    return vec2<f32>(select(pair.x, pair.y, b % 2u == 1u), 0.0);
}
