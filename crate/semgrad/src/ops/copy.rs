//! Copies of blocks of rows and columns on the GPU.

use super::launch::{groups, launch, shader, spread};
use burn::backend::wgpu::CubeTensor;

/// A block of rows and columns of a matrix.
#[derive(Clone, Copy)]
pub struct Block {
    /// Elements from one row of the matrix to the next.
    pub stride: usize,
    /// The block's first element.
    pub first: usize,
}

/// Copies `rows` rows of `cols` columns from one block to another; where the first has only `filled` columns, zeros follow.
pub fn copy(x: (&CubeTensor, Block), y: (&CubeTensor, Block), rows: usize, cols: usize, filled: usize) {
    let n = rows * cols;
    let info = [n, cols, filled, x.1.stride, x.1.first, y.1.stride, y.1.first].map(|n| n as u32);
    let [gx, gy] = spread(groups(n));
    launch(shader!("copy"), &[x.0, y.0], &info, [gx, gy, 1]);
}
