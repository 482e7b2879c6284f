
// d·s: for every 32 octets from shape[4] on, d in single precision, then a signed byte s for every {{ octets }} octets.
const SHARING: u32 = {{ octets }}u;

fn scales(o: u32) -> vec2<f32> {
    let base = shape[4] + (1u + 8u / SHARING) * (o / 32u);
    let group = (o % 32u) / SHARING;
    let s = bitcast<i32>(word(base + 1u + group / 4u) << (24u - 8u * (group % 4u))) >> 24u;
    return vec2<f32>(bitcast<f32>(word(base)) * f32(s), 0.0);
}
