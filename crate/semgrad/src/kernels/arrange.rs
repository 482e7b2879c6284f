//! Sums of tensors and their rows and columns in another arrangement, and the way to the device.
//!
//! Burn has all of this. Its operations are for every element type, though, and on WebGPU they are compiled from an
//! intermediate representation when they run: half of the module a page loads, for a handful of copies. A model that
//! uses these functions instead runs no code but this project's shaders there, and the module does without most of that
//! compiler (see `crate/inventory`).

use super::cube::words;
use super::flex;
use super::launch::{contiguous, empty, groups, launch, shader, spread};
use burn::backend::ops::{FloatTensorOps, IntTensorOps};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::wgpu::{CubeBackend, CubeTensor};
use burn::backend::{Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Device, Int, Shape, Tensor, TensorData};

/// The operations, by backend; everything is `[rows, columns]`, of one dimension `[rows]`.
#[backend_extension(Cube, Flex)]
pub(crate) trait Arrange: burn::backend::Backend {
    /// See [`add`].
    fn sum(x: FloatTensor<Self>, y: FloatTensor<Self>) -> FloatTensor<Self>;
    /// See [`scale`].
    fn scaled(x: FloatTensor<Self>, factor: f32) -> FloatTensor<Self>;
    /// Room for values, of `shape`.
    fn room(like: FloatTensor<Self>, shape: Shape) -> FloatTensor<Self>;
    /// `all` with `part` in it, from `row` and `col` on.
    fn place(all: FloatTensor<Self>, part: FloatTensor<Self>, row: usize, col: usize) -> FloatTensor<Self>;
    /// See [`cut_rows`].
    fn cut_rows(x: FloatTensor<Self>, first: usize, count: usize) -> FloatTensor<Self>;
    /// See [`cut_columns`].
    fn cut_columns(x: FloatTensor<Self>, first: usize, count: usize) -> FloatTensor<Self>;
    /// See [`reshape`].
    fn reshape(x: FloatTensor<Self>, shape: Shape) -> FloatTensor<Self>;
    /// See [`take`].
    fn take(x: FloatTensor<Self>, ids: IntTensor<Self>) -> FloatTensor<Self>;
}

/// x + y, where y is like x or like one row of it.
pub fn add<const D: usize>(x: Tensor<2>, y: Tensor<D>) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Arrange>::sum(x.into_dispatch(), y.into_dispatch()))
}

/// x · factor.
pub fn scale(x: Tensor<2>, factor: f32) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Arrange>::scaled(x.into_dispatch(), factor))
}

/// The rows of several tensors, one after another; there must be one tensor at least.
pub fn stack<const D: usize>(parts: Vec<Tensor<D>>) -> Tensor<D> {
    let mut shape = parts[0].shape();
    shape[0] = parts.iter().map(|part| part.dims()[0]).sum();
    join(parts, shape, |rows| (rows, 0), 0)
}

/// The columns of several tensors, side by side; there must be one tensor at least.
pub fn beside(parts: Vec<Tensor<2>>) -> Tensor<2> {
    let mut shape = parts[0].shape();
    shape[1] = parts.iter().map(|part| part.dims()[1]).sum();
    join(parts, shape, |columns| (0, columns), 1)
}

/// All parts, in a tensor of `shape`; `at` says which row and column comes behind so many along `dimension`.
fn join<const D: usize>(
    mut parts: Vec<Tensor<D>>,
    shape: Shape,
    at: fn(usize) -> (usize, usize),
    dimension: usize,
) -> Tensor<D> {
    if parts.len() == 1 {
        return parts.swap_remove(0);
    }
    let mut all = <Dispatch as Arrange>::room(parts[0].clone().into_dispatch(), shape);
    let mut behind = 0;
    for part in parts {
        let ((row, col), length) = (at(behind), part.dims()[dimension]);
        all = <Dispatch as Arrange>::place(all, part.into_dispatch(), row, col);
        behind += length;
    }
    Tensor::from_dispatch(all)
}

/// Rows `first..first + count`.
pub fn cut_rows<const D: usize>(x: Tensor<D>, first: usize, count: usize) -> Tensor<D> {
    match (first, x.dims()[0]) {
        (0, rows) if rows == count => x,
        _ => Tensor::from_dispatch(<Dispatch as Arrange>::cut_rows(x.into_dispatch(), first, count)),
    }
}

/// Columns `first..first + count`.
pub fn cut_columns(x: Tensor<2>, first: usize, count: usize) -> Tensor<2> {
    match (first, x.dims()[1]) {
        (0, columns) if columns == count => x,
        _ => Tensor::from_dispatch(<Dispatch as Arrange>::cut_columns(x.into_dispatch(), first, count)),
    }
}

/// The same values in another shape.
pub fn reshape<const D: usize, const E: usize>(x: Tensor<D>, shape: [usize; E]) -> Tensor<E> {
    Tensor::from_dispatch(<Dispatch as Arrange>::reshape(x.into_dispatch(), shape.into()))
}

/// Rows `ids`, each of which x must have.
pub fn take(x: Tensor<2>, ids: Tensor<1, Int>) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Arrange>::take(x.into_dispatch(), ids.into_dispatch()))
}

/// Values on the device.
pub fn upload<const D: usize>(values: Vec<f32>, shape: [usize; D], device: &Device) -> Tensor<D> {
    let data = TensorData::new(values, shape);
    Tensor::from_dispatch(<Dispatch as FloatTensorOps<Dispatch>>::float_from_data(data, device.as_dispatch()))
}

/// Zeros on the device.
pub fn zeros<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    upload(vec![0.0; shape.iter().product()], shape, device)
}

/// Integers on the device, as the kernels read them.
pub fn upload_words(values: Vec<u32>, device: &Device) -> Tensor<1, Int> {
    let shape = [values.len()];
    upload_integers(TensorData::new(values, shape), device)
}

/// Integers of any type on the device.
pub fn upload_integers(data: TensorData, device: &Device) -> Tensor<1, Int> {
    Tensor::from_dispatch(<Dispatch as IntTensorOps<Dispatch>>::int_from_data(data, device.as_dispatch()))
}

/// A block of rows and columns of a matrix.
#[derive(Clone, Copy)]
pub(super) struct Block {
    /// Elements from one row of the matrix to the next.
    pub stride: usize,
    /// The block's first element.
    pub first: usize,
}

/// Copies `rows` rows of `cols` columns from one block to another; where the first has only `filled` columns, zeros follow.
pub(super) fn copy(x: (&CubeTensor, Block), y: (&CubeTensor, Block), rows: usize, cols: usize, filled: usize) {
    let n = rows * cols;
    let info = [n, cols, filled, x.1.stride, x.1.first, y.1.stride, y.1.first].map(|n| n as u32);
    let [gx, gy] = spread(groups(n));
    launch(shader!("copy"), &[x.0, y.0], &info, [gx, gy, 1]);
}

/// Rows, and columns of a row.
fn sizes(x: &CubeTensor) -> (usize, usize) {
    let rows = x.shape()[0];
    (rows, x.shape().num_elements() / rows.max(1))
}

impl Arrange for CubeBackend {
    fn reshape(x: FloatTensor<Self>, shape: Shape) -> FloatTensor<Self> {
        let x = contiguous(x);
        CubeTensor::new_contiguous(x.client, x.device, shape, x.handle, x.dtype)
    }

    fn sum(x: FloatTensor<Self>, y: FloatTensor<Self>) -> FloatTensor<Self> {
        let [x, y] = [x, y].map(contiguous);
        let (out, n) = (empty(&x, x.shape()), x.shape().num_elements());
        let [gx, gy] = spread(groups(n));
        launch(shader!("add"), &[&x, &y, &out], &[n, y.shape().num_elements()].map(|n| n as u32), [gx, gy, 1]);
        out
    }

    fn scaled(x: FloatTensor<Self>, factor: f32) -> FloatTensor<Self> {
        let x = contiguous(x);
        let (out, n) = (empty(&x, x.shape()), x.shape().num_elements());
        let [gx, gy] = spread(groups(n));
        launch(shader!("scale"), &[&x, &out], &[n as u32, factor.to_bits()], [gx, gy, 1]);
        out
    }

    fn room(like: FloatTensor<Self>, shape: Shape) -> FloatTensor<Self> {
        empty(&like, shape)
    }

    fn place(all: FloatTensor<Self>, part: FloatTensor<Self>, row: usize, col: usize) -> FloatTensor<Self> {
        let (part, stride) = (contiguous(part), sizes(&all).1);
        let (rows, cols) = sizes(&part);
        let to = Block { stride, first: row * stride + col };
        copy((&part, Block { stride: cols, first: 0 }), (&all, to), rows, cols, cols);
        all
    }

    fn cut_rows(x: FloatTensor<Self>, first: usize, count: usize) -> FloatTensor<Self> {
        let x = contiguous(x);
        let ((rows, cols), mut shape) = (sizes(&x), x.shape());
        shape[0] = count;
        let bytes = |rows: usize| (rows * cols * size_of::<f32>()) as u64;
        let (before, after) = (bytes(first), bytes(rows - first - count));
        let alignment = x.client.properties().memory.alignment;
        if before.is_multiple_of(alignment) && after.is_multiple_of(alignment) {
            let handle = x.handle.clone().offset_start(before).offset_end(after);
            return CubeTensor::new_contiguous(x.client, x.device, shape, handle, x.dtype);
        }
        let (out, n) = (empty(&x, shape), count * cols);
        copy((&x, Block { stride: n, first: first * cols }), (&out, Block { stride: n, first: 0 }), 1, n, n);
        out
    }

    fn cut_columns(x: FloatTensor<Self>, first: usize, count: usize) -> FloatTensor<Self> {
        let x = contiguous(x);
        let (rows, stride) = (x.shape()[0], x.shape()[1]);
        let out = empty(&x, [rows, count]);
        copy((&x, Block { stride, first }), (&out, Block { stride: count, first: 0 }), rows, count, count);
        out
    }

    fn take(x: FloatTensor<Self>, ids: IntTensor<Self>) -> FloatTensor<Self> {
        let (x, ids) = (contiguous(x), words(ids));
        let (rows, cols) = (ids.shape()[0], x.shape()[1]);
        let out = empty(&x, [rows, cols]);
        let [gx, gy] = spread(groups(rows * cols));
        launch(shader!("take"), &[&x, &ids, &out], &[(rows * cols) as u32, cols as u32], [gx, gy, 1]);
        out
    }
}

impl Arrange for Flex {
    fn reshape(x: FloatTensor<Self>, shape: Shape) -> FloatTensor<Self> {
        x.reshape(shape)
    }

    fn sum(x: FloatTensor<Self>, y: FloatTensor<Self>) -> FloatTensor<Self> {
        let [x, y] = [x, y].map(flex::contiguous);
        let y = flex::values(&y);
        let mut sums = Vec::with_capacity(x.layout().num_elements());
        for row in flex::values(&x).chunks_exact(y.len().max(1)) {
            sums.extend(row.iter().zip(y).map(|(x, y)| x + y));
        }
        flex::from_vec(sums, x.layout().shape().clone())
    }

    fn scaled(x: FloatTensor<Self>, factor: f32) -> FloatTensor<Self> {
        let x = flex::contiguous(x);
        flex::from_vec(flex::values(&x).iter().map(|x| x * factor).collect(), x.layout().shape().clone())
    }

    fn room(_like: FloatTensor<Self>, shape: Shape) -> FloatTensor<Self> {
        flex::from_vec(vec![0.0; shape.num_elements()], shape)
    }

    fn place(mut all: FloatTensor<Self>, part: FloatTensor<Self>, row: usize, col: usize) -> FloatTensor<Self> {
        let width = |t: &FloatTensor<Self>| t.layout().shape().num_elements() / t.layout().shape()[0].max(1);
        let (part, stride) = (flex::contiguous(part), width(&all));
        let cols = width(&part).max(1);
        let lines = all.storage_mut::<f32>().chunks_exact_mut(stride.max(1)).skip(row);
        for (line, part) in lines.zip(flex::values(&part).chunks_exact(cols)) {
            line[col..col + cols].copy_from_slice(part);
        }
        all
    }

    fn cut_rows(x: FloatTensor<Self>, first: usize, count: usize) -> FloatTensor<Self> {
        // A view.
        Flex::float_slice(x, &[(first..first + count).into()])
    }

    fn cut_columns(x: FloatTensor<Self>, first: usize, count: usize) -> FloatTensor<Self> {
        let rows = x.layout().shape()[0];
        Flex::float_slice(x, &[(0..rows).into(), (first..first + count).into()])
    }

    fn take(x: FloatTensor<Self>, ids: IntTensor<Self>) -> FloatTensor<Self> {
        let (x, ids) = (flex::contiguous(x), flex::words(ids));
        let cols = x.layout().shape()[1];
        let mut out = Vec::with_capacity(ids.layout().num_elements() * cols);
        for &id in flex::ids(&ids) {
            out.extend_from_slice(&flex::values(&x)[id as usize * cols..][..cols]);
        }
        let rows = ids.layout().num_elements();
        flex::from_vec(out, [rows, cols])
    }
}
