//! Results of operations on the GPU beside those of the CPU, for the self-test: some browser and driver pairs compute wrong
//! numbers silently.

use super::reading::Reading;
use super::upload::{upload, upload_matrix, upload_words};
use burn::tensor::{Device, Int, Tensor};
use semgrad_kernels::Layout;

/// Odd sizes: one over a tile, primes, not a multiple of the vector width.
pub const TOKENS: usize = 5;
/// Rows, or columns.
pub const ROWS: usize = 67;
/// Columns.
pub const COLS: usize = 37;

/// What an operation gave, and what it should have given.
pub struct Check {
    /// Its name.
    pub operation: &'static str,
    /// From the GPU.
    pub got: Reading,
    /// From the CPU.
    pub want: Vec<f32>,
    /// Numbers that are compared on one scale are so far apart.
    pub columns: usize,
}

/// Those of a GPU.
pub struct Checks<'a> {
    device: &'a Device,
    made: Vec<Check>,
}

impl<'a> Checks<'a> {
    /// None yet.
    pub fn new(device: &'a Device) -> Self {
        Self { device, made: Vec::new() }
    }

    /// All of them.
    pub fn made(self) -> Vec<Check> {
        self.made
    }

    /// Values on the GPU.
    pub fn tensor<const D: usize>(&self, values: &[f32], shape: [usize; D]) -> Tensor<D> {
        upload(values.to_vec(), shape, self.device)
    }

    /// Integers on the GPU.
    pub fn integers(&self, values: &[u32]) -> Tensor<1, Int> {
        upload_words(values.to_vec(), self.device)
    }

    /// A packed matrix on the GPU.
    pub fn matrix(&self, blocks: &[u8], layout: Layout) -> Tensor<1, Int> {
        upload_matrix(blocks.to_vec(), layout, true, self.device)
    }

    /// A result.
    pub fn add<const D: usize>(&mut self, operation: &'static str, got: Tensor<D>, want: Vec<f32>) {
        self.add_columns(operation, got, want, 1);
    }

    /// One whose columns have scales of their own.
    pub fn add_columns<const D: usize>(
        &mut self,
        operation: &'static str,
        got: Tensor<D>,
        want: Vec<f32>,
        columns: usize,
    ) {
        self.made.push(Check { operation, got: Reading::begin(got), want, columns });
    }
}
