//! The layouts in which shaders read weights; a matrix is brought into its layout once, when it is loaded.
//!
//! Values are those of the file's blocks, bit for bit, but what one lane reads together lies together: a buffer holds all
//! low bits, then all high bits, then all scales. The unit is the octet, eight neighboring columns of a row; floats are
//! padded to whole octets with zeros. Which bits an octet has and how they become values is in `shaders/packed/`.

use crate::weights::format::Format;

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
    let octets = rows * octets(cols);
    let (low, high, scale) = match format {
        Format::F32 => (8 * octets, 0, 0),
        Format::F16 | Format::BF16 => (4 * octets, 0, 0),
        Format::Q4_0 => (octets, 0, (octets / 4).div_ceil(2)),
        Format::Q4_1 => (octets, 0, octets / 4),
        Format::Q5_0 => (octets, octets / 4, (octets / 4).div_ceil(2)),
        Format::Q5_1 => (octets, octets / 4, octets / 4),
        Format::Q8_0 => (2 * octets, 0, (octets / 4).div_ceil(2)),
        Format::Q4K => (octets, 0, octets / 32 * 6),
        Format::Q5K => (octets, octets / 4, octets / 32 * 6),
        Format::Q6K => (octets, octets / 2, octets / 32 * 5),
    };
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
    let mut q = [0u8; 256];
    let q = &mut q[..format.block_len()];
    let low_bytes = low.len() * format.block_len() / (rows * cols);
    let high_bytes = high.len() * format.block_len() / (rows * cols);
    for (i, block) in data.chunks_exact(format.block_bytes()).enumerate() {
        unpack(format, block, q);
        let low = &mut low[i * low_bytes..(i + 1) * low_bytes];
        if format == Format::Q8_0 {
            low.copy_from_slice(q);
        } else {
            for (byte, pair) in low.iter_mut().zip(q.as_chunks::<2>().0) {
                *byte = pair[0] & 15 | pair[1] << 4;
            }
        }
        let high = &mut high[i * high_bytes..(i + 1) * high_bytes];
        match high_bytes * 8 / q.len() {
            1 => {
                for (byte, group) in high.iter_mut().zip(q.as_chunks::<8>().0) {
                    *byte = group.iter().rev().fold(0, |bits, v| bits << 1 | v >> 4 & 1);
                }
            }
            2 => {
                for (byte, group) in high.iter_mut().zip(q.as_chunks::<4>().0) {
                    *byte = group.iter().rev().fold(0, |bits, v| bits << 2 | v >> 4 & 3);
                }
            }
            _ => {}
        }
        scale(format, block, i, scales);
    }
    out
}

/// The integers of a block in the order of its columns: unsigned, those of Q8_0 in two's complement.
fn unpack(format: Format, block: &[u8], q: &mut [u8]) {
    // Blocks of 32: byte j holds columns j and j + 16.
    let nibbles = |at: usize, q: &mut [u8]| {
        for (j, byte) in block[at..at + 16].iter().enumerate() {
            (q[j], q[j + 16]) = (byte & 15, byte >> 4);
        }
    };
    let fifth = |at: usize, q: &mut [u8]| {
        for (j, v) in q.iter_mut().enumerate() {
            *v |= (block[at + j / 8] >> (j % 8) & 1) << 4;
        }
    };
    match format {
        Format::F32 | Format::F16 | Format::BF16 => {}
        Format::Q4_0 => nibbles(2, q),
        Format::Q4_1 => nibbles(4, q),
        Format::Q5_0 => {
            nibbles(6, q);
            fifth(2, q);
        }
        Format::Q5_1 => {
            nibbles(8, q);
            fifth(4, q);
        }
        Format::Q8_0 => q.copy_from_slice(&block[2..34]),
        Format::Q4K | Format::Q5K => {
            // 32 bytes hold two groups of 32 columns; bit g of fifth-bit byte j belongs to column j of group g.
            let start = if format == Format::Q4K { 16 } else { 48 };
            for (c, v) in q.iter_mut().enumerate() {
                let (group, j) = (c / 32, c % 32);
                *v = block[start + 32 * (group / 2) + j] >> (4 * (group % 2)) & 15;
                if format == Format::Q5K {
                    *v |= (block[16 + j] >> group & 1) << 4;
                }
            }
        }
        Format::Q6K => {
            for (c, v) in q.iter_mut().enumerate() {
                let (side, turn, j) = (c / 128, c / 32 % 4, c % 32);
                let low = block[64 * side + 32 * (turn % 2) + j] >> (4 * (turn / 2)) & 15;
                *v = low | (block[128 + 32 * side + j] >> (2 * turn) & 3) << 4;
            }
        }
    }
}

/// Writes the scales of block `i`.
fn scale(format: Format, block: &[u8], i: usize, out: &mut [u8]) {
    let half = |at: usize| half::f16::from_le_bytes([block[at], block[at + 1]]).to_f32().to_le_bytes();
    match format {
        Format::F32 | Format::F16 | Format::BF16 => {}
        Format::Q4_0 | Format::Q5_0 | Format::Q8_0 => out[2 * i..2 * i + 2].copy_from_slice(&block[..2]),
        Format::Q4_1 | Format::Q5_1 => out[4 * i..4 * i + 4].copy_from_slice(&block[..4]),
        Format::Q4K | Format::Q5K => {
            let out = &mut out[24 * i..24 * (i + 1)];
            out[..4].copy_from_slice(&half(0));
            out[4..8].copy_from_slice(&half(2));
            // Six bits each: the first four scales and minima in bytes 4..12, of the others the low nibbles in 12..16
            // and the top bits above those.
            for g in 0..8 {
                let (s, m) = match g {
                    0..4 => (block[4 + g] & 63, block[8 + g] & 63),
                    _ => (block[8 + g] & 15 | block[g] >> 6 << 4, block[8 + g] >> 4 | block[4 + g] >> 6 << 4),
                };
                (out[8 + 2 * g], out[9 + 2 * g]) = (s, m);
            }
        }
        Format::Q6K => {
            let out = &mut out[20 * i..20 * (i + 1)];
            out[..4].copy_from_slice(&half(208));
            out[4..].copy_from_slice(&block[192..208]);
        }
    }
}
