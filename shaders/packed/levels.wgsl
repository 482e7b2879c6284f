
// 4 bits that number signed levels: one word an octet, the first column lowest.
const LEVELS = vec4<u32>({{ levels }}); // four bytes to a word

// Only the lowest four bits of q count. Words are selected, not indexed: software adapters spill what is indexed.
fn level(q: vec4<u32>) -> vec4<f32> {
    let odd = (q & vec4<u32>(4u)) != vec4<u32>(0u);
    let low = select(vec4<u32>(LEVELS.x), vec4<u32>(LEVELS.y), odd);
    let high = select(vec4<u32>(LEVELS.z), vec4<u32>(LEVELS.w), odd);
    let four = select(low, high, (q & vec4<u32>(8u)) != vec4<u32>(0u));
    let top = four << (vec4<u32>(24u) - ((q & vec4<u32>(3u)) << vec4<u32>(3u)));
    return vec4<f32>(bitcast<vec4<i32>>(top) >> vec4<u32>(24u));
}

fn nibbles(word: u32) -> Eight {
    let q = vec4<u32>(word);
    return Eight(level(q >> vec4<u32>(0u, 4u, 8u, 12u)), level(q >> vec4<u32>(16u, 20u, 24u, 28u)));
}

fn quants(o: u32) -> Eight { return nibbles(word(o)); }

fn block(b: u32) -> array<vec4<f32>, 8> {
    let q = w[b];
    return join(nibbles(q.x), nibbles(q.y), nibbles(q.z), nibbles(q.w));
}
