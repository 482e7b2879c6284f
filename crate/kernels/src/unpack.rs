//! Packed rows as floats, for products that use them more than once.

use super::formats::{Blocks, Bytes, CHUNK, each_chunk, with_blocks};
use super::simd::{LANES, Simd, Task, dispatch};
use crate::formats::{Format, dequantize_row};
use std::marker::PhantomData;

/// Columns whose scales are unpacked together: whole blocks of every format.
pub const DEPTH: usize = 256;

/// Columns `start..start + depth` of consecutive rows of w `[rows, cols]`, whole blocks, from row `first` on: as many as
/// there are lines of `depth` in `out`.
pub fn unpack(w: &[u8], format: Format, cols: usize, first: usize, [start, depth]: [usize; 2], out: &mut [f32]) {
    let stride = format.row_bytes(cols);
    let w = &w[first * stride + format.row_bytes(start)..];
    // Whole rows follow each other as the blocks of one row do, so that no group of scales is left half empty.
    let depth = if depth == cols { out.len() } else { depth };
    let bytes = format.row_bytes(depth);
    with_blocks!(format,
    B => dispatch(Rows::<B> { w, stride, bytes, depth, out, blocks: PhantomData }),
    _ => for (r, line) in out.chunks_exact_mut(depth).enumerate() {
        dequantize_row(format, &w[r * stride..][..bytes], line);
    });
}

struct Rows<'a, B> {
    w: &'a [u8],
    stride: usize,
    bytes: usize,
    depth: usize,
    out: &'a mut [f32],
    blocks: PhantomData<B>,
}

impl<B: Blocks> Task for Rows<'_, B> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        // A group has at least 16 weights.
        let (mut scales, mut offsets) = ([[0.0; LANES]; DEPTH / 16 / LANES], [[0.0; LANES]; DEPTH / 16 / LANES]);
        for (r, line) in self.out.chunks_exact_mut(self.depth).enumerate() {
            let blocks = B::Block::blocks(&self.w[r * self.stride..][..self.bytes]);
            for (blocks, line) in blocks.chunks(DEPTH / B::LEN).zip(line.chunks_mut(DEPTH)) {
                B::scales(simd, blocks, &mut scales, &mut offsets);
                let (scales, offsets) = (scales.as_flattened(), offsets.as_flattened());
                for (b, (block, line)) in blocks.iter().zip(line.chunks_exact_mut(B::LEN)).enumerate() {
                    let lines = line.as_chunks_mut().0.as_chunks_mut().0;
                    each_chunk!(B, cfg!(target_family = "wasm"), |k| {
                        let group = b * (B::LEN / B::GROUP) + k / (B::GROUP / CHUNK);
                        let offset = if B::OFFSETS { offsets[group] } else { 0.0 };
                        let start = simd.splat_wide(offset - B::center::<S>() * scales[group]);
                        let scale = simd.splat_wide(scales[group]);
                        simd.store_wide(simd.mul_add_wide(B::chunk(simd, block, k), scale, start), &mut lines[k]);
                    });
                }
            }
        }
    }
}
