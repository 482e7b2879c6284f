//! Sums of tensors, and their rows and columns in another arrangement.
//!
//! Burn has all of this. Its operations are for every element type, though, and on WebGPU they are compiled from an
//! intermediate representation when they run: half of the module a page loads, for a handful of copies. A model that
//! uses these functions instead runs no code but this project's shaders there, and the module does without most of that
//! compiler (see `crate/inventory`).

use super::copy::{Block, copy};
use super::launch::{empty, groups, launch, shader, spread};
use super::on::{On, from_cpu, from_gpu, from_host, ids, on, values};
use burn::backend::Flex;
use burn::backend::ops::FloatTensorOps;
use burn::backend::wgpu::CubeTensor;
use burn::tensor::{Int, Shape, Tensor};
use semgrad_kernels as cpu;

/// x + y, where y is like x or like one row of it.
pub fn add<const D: usize>(x: Tensor<2>, y: Tensor<D>) -> Tensor<2> {
    let (shape, repeated) = (x.dims(), y.shape().num_elements());
    match on([x.into_dispatch(), y.into_dispatch()]) {
        On::Gpu([x, y]) => {
            let (out, n) = (empty(&x, shape), shape[0] * shape[1]);
            let [gx, gy] = spread(groups(n));
            launch(shader!("add"), &[&x, &y, &out], &[n as u32, repeated as u32], [gx, gy, 1]);
            from_gpu(out)
        }
        On::Cpu([x, y]) => from_cpu(cpu::add(values(&x), values(&y)), shape),
    }
}

/// x · factor.
pub fn scale(x: Tensor<2>, factor: f32) -> Tensor<2> {
    let shape = x.dims();
    match on([x.into_dispatch()]) {
        On::Gpu([x]) => {
            let (out, n) = (empty(&x, shape), shape[0] * shape[1]);
            let [gx, gy] = spread(groups(n));
            launch(shader!("scale"), &[&x, &out], &[n as u32, factor.to_bits()], [gx, gy, 1]);
            from_gpu(out)
        }
        On::Cpu([x]) => from_cpu(cpu::scale(values(&x), factor), shape),
    }
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
    let mut all = room(parts[0].clone(), shape);
    let mut behind = 0;
    for part in parts {
        let ((row, col), length) = (at(behind), part.dims()[dimension]);
        all = place(all, part, row, col);
        behind += length;
    }
    all
}

/// Room for values, of `shape`, where `like` is.
fn room<const D: usize>(like: Tensor<D>, shape: Shape) -> Tensor<D> {
    match on([like.into_dispatch()]) {
        On::Gpu([like]) => from_gpu(empty(&like, shape)),
        On::Cpu(_) => from_cpu(vec![0.0; shape.num_elements()], shape),
    }
}

/// `all` with `part` in it, from `row` and `col` on; nobody else has `all`.
fn place<const D: usize>(all: Tensor<D>, part: Tensor<D>, row: usize, col: usize) -> Tensor<D> {
    let ((_, stride), (rows, cols)) = (sizes(&all), sizes(&part));
    match on([all.into_dispatch(), part.into_dispatch()]) {
        On::Gpu([all, part]) => {
            let to = Block { stride, first: row * stride + col };
            copy((&part, Block { stride: cols, first: 0 }), (&all, to), rows, cols, cols);
            from_gpu(all)
        }
        On::Cpu([mut all, part]) => {
            let lines = all.storage_mut::<f32>().chunks_exact_mut(stride.max(1)).skip(row);
            for (line, part) in lines.zip(values(&part).chunks_exact(cols.max(1))) {
                line[col..col + cols].copy_from_slice(part);
            }
            from_host(all)
        }
    }
}

/// Rows, and columns of a row.
fn sizes<const D: usize>(x: &Tensor<D>) -> (usize, usize) {
    let rows = x.dims()[0];
    (rows, x.shape().num_elements() / rows.max(1))
}

/// Rows `first..first + count`.
pub fn cut_rows<const D: usize>(x: Tensor<D>, first: usize, count: usize) -> Tensor<D> {
    let (rows, cols) = sizes(&x);
    if (first, count) == (0, rows) {
        return x;
    }
    let mut shape = x.shape();
    shape[0] = count;
    match on([x.into_dispatch()]) {
        On::Gpu([x]) => {
            let bytes = |rows: usize| (rows * cols * size_of::<f32>()) as u64;
            let (before, after) = (bytes(first), bytes(rows - first - count));
            let alignment = x.client.properties().memory.alignment;
            if before.is_multiple_of(alignment) && after.is_multiple_of(alignment) {
                let handle = x.handle.clone().offset_start(before).offset_end(after);
                return from_gpu(CubeTensor::new_contiguous(x.client, x.device, shape, handle, x.dtype));
            }
            let (out, n) = (empty(&x, shape), count * cols);
            copy((&x, Block { stride: n, first: first * cols }), (&out, Block { stride: n, first: 0 }), 1, n, n);
            from_gpu(out)
        }
        // A view.
        On::Cpu([x]) => from_host(Flex::float_slice(x, &[(first..first + count).into()])),
    }
}

/// Columns `first..first + count`.
pub fn cut_columns(x: Tensor<2>, first: usize, count: usize) -> Tensor<2> {
    let [rows, stride] = x.dims();
    if (first, count) == (0, stride) {
        return x;
    }
    match on([x.into_dispatch()]) {
        On::Gpu([x]) => {
            let out = empty(&x, [rows, count]);
            copy((&x, Block { stride, first }), (&out, Block { stride: count, first: 0 }), rows, count, count);
            from_gpu(out)
        }
        On::Cpu([x]) => from_host(Flex::float_slice(x, &[(0..rows).into(), (first..first + count).into()])),
    }
}

/// The same values in another shape.
pub fn reshape<const D: usize, const E: usize>(x: Tensor<D>, shape: [usize; E]) -> Tensor<E> {
    match on([x.into_dispatch()]) {
        On::Gpu([x]) => from_gpu(CubeTensor::new_contiguous(x.client, x.device, shape.into(), x.handle, x.dtype)),
        On::Cpu([x]) => from_host(x.reshape(shape.into())),
    }
}

/// Rows `rows`, each of which x must have.
pub fn take(x: Tensor<2>, rows: Tensor<1, Int>) -> Tensor<2> {
    let (count, cols) = (rows.dims()[0], x.dims()[1]);
    match on([x.into_dispatch(), rows.into_dispatch()]) {
        On::Gpu([x, rows]) => {
            let out = empty(&x, [count, cols]);
            let [gx, gy] = spread(groups(count * cols));
            launch(shader!("take"), &[&x, &rows, &out], &[(count * cols) as u32, cols as u32], [gx, gy, 1]);
            from_gpu(out)
        }
        On::Cpu([x, rows]) => from_cpu(cpu::take(values(&x), ids(&rows), cols), [count, cols]),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::reading::read;
    use super::super::tests::{devices, matrix};
    use super::super::upload::{upload, upload_words, zeros};
    use super::*;
    use semgrad_kernels::samples::wave;

    fn host<const D: usize>(x: Tensor<D>) -> Vec<f32> {
        pollster::block_on(read(x)).unwrap()
    }

    /// Columns `first..first + count` of a matrix with `cols`.
    fn columns(x: &[f32], cols: usize, first: usize, count: usize) -> Vec<f32> {
        x.chunks(cols).flat_map(|row| row[first..first + count].to_vec()).collect()
    }

    #[test]
    fn sums_repeat_a_shorter_summand() {
        for device in devices() {
            for (rows, cols) in [(1, 1), (3, 37), (5, 130)] {
                let (x, y) = (wave(rows * cols, 1), wave(rows * cols, 2));
                let want: Vec<f32> = x.iter().zip(&y).map(|(x, y)| x + y).collect();
                assert_eq!(host(add(matrix(&x, cols, &device), matrix(&y, cols, &device))), want);
                let want: Vec<f32> = x.chunks(cols).flat_map(|row| row.iter().zip(&y).map(|(x, y)| x + y)).collect();
                let bias = upload(y[..cols].to_vec(), [cols], &device.burn);
                assert_eq!(host(add(matrix(&x, cols, &device), bias)), want, "{rows}×{cols} on {}", device.name());
            }
        }
    }

    #[test]
    fn every_value_is_scaled() {
        for device in devices() {
            let x = wave(3 * 37, 1);
            let want: Vec<f32> = x.iter().map(|x| x * 1.25).collect();
            assert_eq!(host(scale(matrix(&x, 37, &device), 1.25)), want, "{}", device.name());
        }
    }

    #[test]
    fn rows_and_columns_are_cut_where_they_lie() {
        for device in devices() {
            // 64 columns of four bytes are what a buffer may be offset by.
            for (rows, cols) in [(1, 1), (5, 37), (4, 64), (7, 130)] {
                let x = wave(rows * cols, 1);
                let tensor = || matrix(&x, cols, &device);
                for first in 0..rows {
                    for count in 1..=rows - first {
                        let got = cut_rows(tensor(), first, count);
                        assert_eq!(got.dims(), [count, cols]);
                        assert_eq!(host(got), x[first * cols..][..count * cols], "{rows}×{cols} on {}", device.name());
                    }
                }
                for (first, count) in [(0, cols), (cols / 2, cols - cols / 2), (cols - 1, 1), (0, cols.div_ceil(2))] {
                    let got = cut_columns(tensor(), first, count);
                    assert_eq!(got.dims(), [rows, count]);
                    assert_eq!(host(got), columns(&x, cols, first, count), "{rows}×{cols} on {}", device.name());
                }
                // What was cut can be cut again, and used.
                if rows > 2 {
                    let got = cut_rows(cut_rows(tensor(), 1, rows - 1), 1, rows - 2);
                    assert_eq!(host(add(got, zeros([cols], &device.burn))), x[2 * cols..]);
                }
            }
        }
    }

    #[test]
    fn parts_are_joined_in_order() {
        for device in devices() {
            let cols = 37;
            let (a, b, c) = (wave(2 * cols, 1), wave(cols, 2), wave(5 * cols, 3));
            let parts = [&a, &b, &c].map(|x| matrix(x, cols, &device)).to_vec();
            let got = stack(parts);
            assert_eq!(got.dims(), [8, cols]);
            assert_eq!(host(got), [&a[..], &b, &c].concat(), "{}", device.name());
            let lines = [&a, &b].map(|x| upload(x.to_vec(), [x.len()], &device.burn)).to_vec();
            assert_eq!(host(stack(lines)), [&a[..], &b].concat(), "{}", device.name());

            let whole = wave(3 * 100, 4);
            let parts = [(0, 1), (1, 64), (65, 35)];
            let parts =
                parts.map(|(first, count)| matrix(&columns(&whole, 100, first, count), count, &device)).to_vec();
            let got = beside(parts);
            assert_eq!(got.dims(), [3, 100]);
            assert_eq!(host(got), whole, "{}", device.name());
        }
    }

    #[test]
    fn rows_are_taken_by_number() {
        for device in devices() {
            let (cols, ids) = (37, [4, 0, 4, 2, 3, 1, 0]);
            let x = wave(5 * cols, 1);
            let want: Vec<f32> = ids.iter().flat_map(|&id| x[id as usize * cols..][..cols].to_vec()).collect();
            let got = take(matrix(&x, cols, &device), upload_words(ids.to_vec(), &device.burn));
            assert_eq!(got.dims(), [ids.len(), cols]);
            assert_eq!(host(got), want, "{}", device.name());
        }
    }
}
