
// q·d + m with half-precision d and m for every four octets, one word from shape[4] on.
fn weights(o: u32) -> Eight {
    let pair = halves(word(shape[4] + o / 4u));
    let q = quants(o);
    return Eight(q.lo * pair.x + pair.y, q.hi * pair.x + pair.y);
}
