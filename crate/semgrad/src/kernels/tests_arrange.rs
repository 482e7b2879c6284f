//! Rows, columns and sums, exactly, on every device there is.

use super::arrange::{upload, upload_words, zeros};
use super::samples::wave;
use super::tests::{devices, matrix};
use super::*;
use crate::device::reading::read;

fn values<const D: usize>(x: Tensor<D>) -> Vec<f32> {
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
            assert_eq!(values(add(matrix(&x, cols, &device), matrix(&y, cols, &device))), want);
            let want: Vec<f32> = x.chunks(cols).flat_map(|row| row.iter().zip(&y).map(|(x, y)| x + y)).collect();
            let bias = upload(y[..cols].to_vec(), [cols], &device.burn);
            assert_eq!(values(add(matrix(&x, cols, &device), bias)), want, "{rows}×{cols} on {}", device.name());
        }
    }
}

#[test]
fn every_value_is_scaled() {
    for device in devices() {
        let x = wave(3 * 37, 1);
        let want: Vec<f32> = x.iter().map(|x| x * 1.25).collect();
        assert_eq!(values(scale(matrix(&x, 37, &device), 1.25)), want, "{}", device.name());
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
                    assert_eq!(values(got), x[first * cols..][..count * cols], "{rows}×{cols} on {}", device.name());
                }
            }
            for (first, count) in [(0, cols), (cols / 2, cols - cols / 2), (cols - 1, 1), (0, cols.div_ceil(2))] {
                let got = cut_columns(tensor(), first, count);
                assert_eq!(got.dims(), [rows, count]);
                assert_eq!(values(got), columns(&x, cols, first, count), "{rows}×{cols} on {}", device.name());
            }
            // What was cut can be cut again, and used.
            if rows > 2 {
                let got = cut_rows(cut_rows(tensor(), 1, rows - 1), 1, rows - 2);
                assert_eq!(values(add(got, zeros([cols], &device.burn))), x[2 * cols..]);
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
        assert_eq!(values(got), [&a[..], &b, &c].concat(), "{}", device.name());
        let lines = [&a, &b].map(|x| upload(x.to_vec(), [x.len()], &device.burn)).to_vec();
        assert_eq!(values(stack(lines)), [&a[..], &b].concat(), "{}", device.name());

        let whole = wave(3 * 100, 4);
        let parts = [(0, 1), (1, 64), (65, 35)];
        let parts = parts.map(|(first, count)| matrix(&columns(&whole, 100, first, count), count, &device)).to_vec();
        let got = beside(parts);
        assert_eq!(got.dims(), [3, 100]);
        assert_eq!(values(got), whole, "{}", device.name());
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
        assert_eq!(values(got), want, "{}", device.name());
    }
}
