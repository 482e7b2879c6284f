
// d·s and -m·t: six words for every 32 octets from shape[4] on, d and m in single precision, then a byte s and a byte t for
// every four octets.
fn scales(o: u32) -> vec2<f32> {
    let base = shape[4] + 6u * (o / 32u);
    let group = (o / 4u) % 8u;
    let pair = word(base + 2u + group / 2u) >> (16u * (group % 2u));
    let scale = bitcast<f32>(word(base)) * f32(pair & 255u);
    let minimum = bitcast<f32>(word(base + 1u)) * f32((pair >> 8u) & 255u);
    return vec2<f32>(scale, -minimum);
}
