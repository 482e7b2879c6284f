//! The layouts in which shaders read weights; a matrix is brought into its layout once, when it is loaded.
//!
//! Values are those of the file's blocks, bit for bit, but what one lane reads together lies together: a buffer holds all
//! low bits, then all high bits, then all scales. The unit is the octet, eight neighboring columns of a row; floats are
//! padded to whole octets with zeros. Which bits an octet has and how they become values is in `shaders/packed/`.

use crate::formats::Format;

/// Columns that a shader unpacks at once.
pub const OCTET: usize = 8;

/// Where the parts of a packed matrix begin, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// High bits.
    pub high: usize,
    /// Scales.
    pub scale: usize,
    /// End; a multiple of four.
    pub end: usize,
}

/// Octets of a row.
pub fn octets(cols: usize) -> usize {
    cols.div_ceil(OCTET)
}

/// Bits of an integer that lie in the first part, and those in the second: numbers of bits that divide a word.
fn parted(bits: usize) -> [usize; 2] {
    match bits {
        3 => [2, 1],
        5..8 => [4, bits - 4],
        bits => [bits, 0],
    }
}

/// The parts of `rows` rows of `cols` columns.
pub fn parts(format: Format, rows: usize, cols: usize) -> Parts {
    let (about, octets) = (format.description(), rows * octets(cols));
    // Of a packed format a row is whole blocks of at least four octets.
    let [low, high] = parted(about.bits).map(|bits| octets * bits / 4);
    let scale = (octets * OCTET / about.block_len * about.scale_bytes).div_ceil(4);
    Parts { high: low, scale: low + high, end: (low + high + scale).next_multiple_of(4) }
}

/// Bytes of `rows` packed rows.
pub fn bytes(format: Format, rows: usize, cols: usize) -> u64 {
    4 * parts(format, rows, cols).end as u64
}

/// Brings rows of file blocks into the layout; `data` is `rows` rows of `format.row_bytes(cols)`.
pub fn pack(format: Format, data: &[u8], rows: usize, cols: usize) -> Vec<u8> {
    let at = parts(format, rows, cols);
    let mut out = vec![0u8; 4 * at.end];
    let (low, rest) = out.split_at_mut(4 * at.high);
    let (high, scales) = rest.split_at_mut(4 * (at.scale - at.high));
    if format.block_len() == 1 {
        let line = octets(cols) * OCTET * format.block_bytes();
        for (to, from) in low.chunks_exact_mut(line).zip(data.chunks_exact(format.row_bytes(cols))) {
            to[..from.len()].copy_from_slice(from);
        }
        return out;
    }
    let about = format.description();
    let mut q = vec![0u8; about.block_len];
    let [low_bits, high_bits] = parted(about.bits);
    let [low_bytes, high_bytes] = [low_bits, high_bits].map(|bits| q.len() * bits / 8);
    for (i, block) in data.chunks_exact(about.block_bytes).enumerate() {
        (about.integers)(block, &mut q);
        put(&q, 0, low_bits, &mut low[i * low_bytes..(i + 1) * low_bytes]);
        put(&q, low_bits, high_bits, &mut high[i * high_bytes..(i + 1) * high_bytes]);
        (about.scales)(block, &mut scales[i * about.scale_bytes..(i + 1) * about.scale_bytes]);
    }
    out
}

/// So many bits of each integer from bit `first` on, side by side, those of the first integer lowest.
fn put(q: &[u8], first: usize, bits: usize, out: &mut [u8]) {
    match bits {
        0 => {}
        1 => join::<1, 8>(q, first, out),
        2 => join::<2, 4>(q, first, out),
        4 => join::<4, 2>(q, first, out),
        _ => out.copy_from_slice(q),
    }
}

fn join<const BITS: usize, const COUNT: usize>(q: &[u8], first: usize, out: &mut [u8]) {
    for (byte, q) in out.iter_mut().zip(q.as_chunks::<COUNT>().0) {
        *byte = q.iter().rev().fold(0, |byte, v| byte << BITS | v >> first & ((1 << BITS) - 1));
    }
}
