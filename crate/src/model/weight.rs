//! One weight matrix on its device, in the layout its kernels read.

use crate::device::Device;
use crate::error::{Code, Error, Result};
use crate::kernels::{self, Layout, arrange, pack};
use crate::weights::checkpoint::RawTensor;
use crate::weights::format::Format;
use burn::tensor::{Int, Tensor};

/// A matrix `[rows, cols]` in blocks of few bits. A GPU may not bind all of it at once: then it is in several parts, of
/// neighboring rows each.
#[derive(Clone, Debug)]
pub struct Weight {
    parts: Vec<(Tensor<1, Int>, Layout)>,
    rows: usize,
    cols: usize,
}

impl Weight {
    /// Moves a tensor of two dimensions to the device.
    ///
    /// # Errors
    /// `corrupt_weights` for another number of dimensions or none of a row, `out_of_memory` when the GPU cannot bind one row.
    pub fn new(name: &str, raw: RawTensor, device: &Device) -> Result<Self> {
        let &[rows, cols] = raw.shape.as_slice() else {
            return Err(Error::new(
                Code::CorruptWeights,
                format!("tensor {name} has shape {:?}, a matrix was expected.", raw.shape),
                "Download the file again.",
            ));
        };
        let format = raw.format;
        let most = rows_at_once(format, rows, cols, device);
        if most >= rows {
            let layout = Layout { format, rows, cols };
            return Ok(Self { parts: vec![(device.matrix(format, raw.data, rows, cols), layout)], rows, cols });
        }
        if most == 0 {
            return Err(Error::new(
                Code::OutOfMemory,
                format!("a row of tensor {name} is more than this GPU binds at once."),
                "Use the CPU device.",
            ));
        }
        let stride = format.row_bytes(cols);
        let part = |data: &[u8]| {
            let rows = data.len() / stride;
            (device.matrix(format, data.to_vec(), rows, cols), Layout { format, rows, cols })
        };
        Ok(Self { parts: raw.data.chunks(most * stride).map(part).collect(), rows, cols })
    }

    /// x `[tokens, cols]` → `[tokens, rows]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let product = |(data, layout): &(Tensor<1, Int>, Layout)| kernels::linear(x.clone(), data.clone(), *layout);
        kernels::beside(self.parts.iter().map(product).collect())
    }

    /// Gradient with respect to the input: dy `[tokens, rows]` → `[tokens, cols]`.
    pub fn backward(&self, dy: Tensor<2>) -> Tensor<2> {
        let mut first = 0;
        let mut sum: Option<Tensor<2>> = None;
        for (data, layout) in &self.parts {
            let dx =
                kernels::linear_transposed(kernels::cut_columns(dy.clone(), first, layout.rows), data.clone(), *layout);
            first += layout.rows;
            sum = Some(match sum {
                Some(sum) => kernels::add(sum, dx),
                None => dx,
            });
        }
        sum.unwrap_or_else(|| arrange::zeros([dy.dims()[0], self.cols], &dy.device()))
    }

    /// Rows `ids`, each below [`Weight::rows`] → `[ids, cols]`.
    pub fn look_up(&self, ids: &[u32], device: &Device) -> Tensor<2> {
        let pick = |ids: Vec<u32>, (data, layout): &(Tensor<1, Int>, Layout)| {
            kernels::rows(arrange::upload_words(ids, &device.burn), data.clone(), *layout)
        };
        if let [part] = self.parts.as_slice() {
            return pick(ids.to_vec(), part);
        }
        let (mut first, mut found) = (0, Vec::new());
        let mut place = vec![0; ids.len()]; // of each id among the rows found, part by part
        let mut count = 0;
        for part in &self.parts {
            let mut own = Vec::new();
            for (place, &id) in place.iter_mut().zip(ids) {
                if let Some(row) = (id as usize).checked_sub(first).filter(|&row| row < part.1.rows) {
                    *place = count;
                    count += 1;
                    own.push(row as u32);
                }
            }
            if !own.is_empty() {
                found.push(pick(own, part));
            }
            first += part.1.rows;
        }
        kernels::take(kernels::stack(found), arrange::upload_words(place, &device.burn))
    }

    /// Output features, or entries of a table.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Input features, or the width of a table.
    pub fn cols(&self) -> usize {
        self.cols
    }
}

/// How many rows fit into one buffer of the device.
fn rows_at_once(format: Format, rows: usize, cols: usize, device: &Device) -> usize {
    let Some(limit) = device.max_binding else { return rows };
    if pack::bytes(format, rows, cols) <= limit {
        return rows;
    }
    // 64 rows need no more than 64 times what one needs; a multiple of 64 keeps the shaders' tiles whole.
    let group = pack::bytes(format, 64, cols);
    (limit / group) as usize * 64
}

/// A linear layer `y = x·wᵀ + b`.
#[derive(Clone, Debug)]
pub struct Linear {
    /// `[out, in]`.
    pub weight: Weight,
    /// `[out]`.
    pub bias: Option<Tensor<1>>,
}

impl Linear {
    /// x `[tokens, in]` → `[tokens, out]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let y = self.weight.forward(x);
        match &self.bias {
            Some(bias) => kernels::add(y, bias.clone()),
            None => y,
        }
    }

    /// dy `[tokens, out]` → `[tokens, in]`.
    pub fn backward(&self, dy: Tensor<2>) -> Tensor<2> {
        self.weight.backward(dy)
    }
}
