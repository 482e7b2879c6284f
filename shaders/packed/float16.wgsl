
// Half precision: one vector an octet, the even column in the low half of each word.
fn quants(o: u32) -> Eight {
    let p = w[o];
    return Eight(vec4(halves(p.x), halves(p.y)), vec4(halves(p.z), halves(p.w)));
}
