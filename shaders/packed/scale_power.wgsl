
// 2^(e - 128): a byte e for every four octets, four to a word from shape[4] on. The two smallest are subnormal, and 0 where
// such numbers are flushed.
fn scales(o: u32) -> vec2<f32> {
    let b = o / 4u;
    let e = (word(shape[4] + b / 4u) >> (8u * (b % 4u))) & 255u;
    return vec2<f32>(bitcast<f32>(select((e - 1u) << 23u, 0x200000u << (e & 1u), e < 2u)), 0.0);
}
