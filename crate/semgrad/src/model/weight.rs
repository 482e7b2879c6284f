//! One weight matrix on its device, in the layout its kernels read.

use crate::device::Device;
use crate::error::{Code, Error, Result};
use crate::ops::{self, Layout, pack};
use crate::weights::format::Format;
use crate::weights::tensors::RawTensor;
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
        let product = |(data, layout): &(Tensor<1, Int>, Layout)| ops::linear(x.clone(), data.clone(), *layout);
        ops::beside(self.parts.iter().map(product).collect())
    }

    /// Gradient with respect to the input: dy `[tokens, rows]` → `[tokens, cols]`.
    pub fn backward(&self, dy: Tensor<2>) -> Tensor<2> {
        let mut first = 0;
        let mut sum: Option<Tensor<2>> = None;
        for (data, layout) in &self.parts {
            let dx = ops::linear_transposed(ops::cut_columns(dy.clone(), first, layout.rows), data.clone(), *layout);
            first += layout.rows;
            sum = Some(match sum {
                Some(sum) => ops::add(sum, dx),
                None => dx,
            });
        }
        sum.unwrap_or_else(|| ops::zeros([dy.dims()[0], self.cols], &dy.device()))
    }

    /// Rows `ids` `[ids]`, each below [`Weight::rows`] → `[ids, cols]`.
    pub fn look_up(&self, ids: Tensor<1, Int>) -> Tensor<2> {
        let (mut first, mut sum) = (0, None);
        for (data, layout) in &self.parts {
            // Every part but one has zeros for an id: nobody on the host needs to know it.
            let rows = ops::rows(ids.clone(), data.clone(), *layout, first);
            first += layout.rows;
            sum = Some(match sum {
                Some(sum) => ops::add(sum, rows),
                None => rows,
            });
        }
        sum.unwrap_or_else(|| ops::zeros([ids.dims()[0], self.cols], &ids.device()))
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ops::read;
    use crate::ops::samples::blocks;
    use crate::ops::tests::devices;

    #[test]
    fn a_table_in_parts_is_looked_up_as_a_whole_one() {
        let (format, rows, cols) = (Format::Q8_0, 200, 64);
        let ids = [0, 63, 64, 199, 128, 127, 64];
        for device in devices() {
            let raw = || RawTensor { shape: vec![rows, cols], format, data: blocks(format, rows, cols) };
            let limited = Device { max_binding: Some(pack::bytes(format, 64, cols)), ..device.clone() };
            let [whole, split] = [&device, &limited].map(|device| Weight::new("table", raw(), device).unwrap());
            assert_eq!((whole.parts.len(), split.parts.len()), (1, 4));
            let [want, got] = [whole, split].map(|w| pollster::block_on(read(w.look_up(device.ids(&ids)))).unwrap());
            assert_eq!(got, want, "{}", device.name());
        }
    }
}
