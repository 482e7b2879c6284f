
// d·s and -m·t: six words for every 32 octets from shape[4] on, d and m in single precision, then a byte for every two octets,
// s in its low nibble and t in its high one.
fn scales(o: u32) -> vec2<f32> {
    let base = shape[4] + 6u * (o / 32u);
    let group = (o / 2u) % 16u;
    let pair = word(base + 2u + group / 4u) >> (8u * (group % 4u));
    let scale = bitcast<f32>(word(base)) * f32(pair & 15u);
    let minimum = bitcast<f32>(word(base + 1u)) * f32((pair >> 4u) & 15u);
    return vec2<f32>(scale, -minimum);
}
