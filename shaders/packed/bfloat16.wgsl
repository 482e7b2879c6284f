
// Upper halves of singles: one vector an octet, the even column in the low half of each word.
fn quants(o: u32) -> Eight {
    let p = w[o];
    let even = bitcast<vec4<f32>>(p << vec4<u32>(16u));
    let odd = bitcast<vec4<f32>>(p & vec4<u32>(0xffff0000u));
    return Eight(vec4(even.x, odd.x, even.y, odd.y), vec4(even.z, odd.z, even.w, odd.w));
}
