
// Half-precision d and m for every four octets, one word from shape[4] on.
fn scales(o: u32) -> vec2<f32> { return halves(word(shape[4] + o / 4u)); }
