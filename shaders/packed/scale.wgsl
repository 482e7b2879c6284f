
// (q - zero)·d with a half-precision d for every four octets, two to a word from shape[4] on.
fn weights(o: u32) -> Eight {
    let b = o / 4u;
    let pair = halves(word(shape[4] + b / 2u));
    let d = select(pair.x, pair.y, b % 2u == 1u);
    let q = quants(o);
    return Eight((q.lo - {{ zero }}) * d, (q.hi - {{ zero }}) * d);
}
