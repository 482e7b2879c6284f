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

/// The parts of `rows` rows of `cols` columns.
pub fn parts(format: Format, rows: usize, cols: usize) -> Parts {
    let (about, octets) = (format.description(), rows * octets(cols));
    let (low, high) = match about.bits {
        bits @ 4..8 => (octets, octets * (bits - 4) / 4),
        bits => (octets * bits / 4, 0),
    };
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
    let (low_bytes, high_bytes) = match about.bits {
        bits @ 4..8 => (q.len() / 2, q.len() * (bits - 4) / 8),
        bits => (q.len() * bits / 8, 0),
    };
    for (i, block) in data.chunks_exact(about.block_bytes).enumerate() {
        (about.integers)(block, &mut q);
        let low = &mut low[i * low_bytes..(i + 1) * low_bytes];
        if about.bits == 8 {
            low.copy_from_slice(&q);
        } else {
            for (byte, pair) in low.iter_mut().zip(q.as_chunks::<2>().0) {
                *byte = pair[0] & 15 | pair[1] << 4;
            }
        }
        let high = &mut high[i * high_bytes..(i + 1) * high_bytes];
        match about.bits {
            5 => {
                for (byte, group) in high.iter_mut().zip(q.as_chunks::<8>().0) {
                    *byte = group.iter().rev().fold(0, |bits, v| bits << 1 | v >> 4 & 1);
                }
            }
            6 => {
                for (byte, group) in high.iter_mut().zip(q.as_chunks::<4>().0) {
                    *byte = group.iter().rev().fold(0, |bits, v| bits << 2 | v >> 4 & 3);
                }
            }
            _ => {}
        }
        (about.scales)(block, &mut scales[i * about.scale_bytes..(i + 1) * about.scale_bytes]);
    }
    out
}
