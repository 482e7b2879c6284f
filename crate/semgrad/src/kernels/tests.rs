//! Every kernel against plain sums in double precision at odd sizes, on every device there is.

use super::samples::{blocks, wave};
use super::*;
use crate::device::reading::read;
use crate::device::{Choice, Device};
use crate::weights::format::{Format, dequantize_row};
use std::sync::{Mutex, PoisonError};

/// One, a prime, one over a tile, several tiles.
const SIZES: [(usize, usize, usize); 5] = [(1, 1, 1), (1, 67, 37), (3, 65, 64), (5, 130, 96), (9, 4099, 7)];

/// The CPU, and WebGPU where it opens. A machine without an adapter says so instead of passing silently; where one is
/// expected, `SEMGRAD_REQUIRE_WEBGPU` turns its absence into a failure.
pub(crate) fn devices() -> Vec<Device> {
    let mut devices = vec![Device::cpu("test")];
    match pollster::block_on(Device::open(Choice::Webgpu)) {
        Ok(gpu) => devices.push(gpu),
        Err(error) if std::env::var_os("SEMGRAD_REQUIRE_WEBGPU").is_none() => {
            eprintln!("NOT TESTED on WebGPU: {error}")
        }
        Err(error) => panic!("{error}"),
    }
    devices
}

pub(super) fn matrix(values: &[f32], cols: usize, device: &Device) -> Tensor<2> {
    arrange::upload(values.to_vec(), [values.len() / cols, cols], &device.burn)
}

pub(super) fn compare<const D: usize>(what: &str, got: Tensor<D>, want: &[f64]) {
    let got = pollster::block_on(read(got)).unwrap();
    assert_eq!(got.len(), want.len(), "{what}");
    let scale = want.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    for (i, (a, b)) in got.iter().zip(want).enumerate() {
        assert!((f64::from(*a) - b).abs() <= 1e-5 * scale, "{what}[{i}] is {a}, not {b}");
    }
}

/// a `[n, k]` · b `[k, m]`, element access by closures.
fn product(n: usize, k: usize, m: usize, a: impl Fn(usize, usize) -> f32, b: impl Fn(usize, usize) -> f32) -> Vec<f64> {
    let entry = |i, j| (0..k).map(|l| f64::from(a(i, l)) * f64::from(b(l, j))).sum();
    (0..n * m).map(|e| entry(e / m, e % m)).collect()
}

#[test]
fn products_norms_and_look_ups_equal_plain_sums() {
    for device in devices() {
        with_either_kind(|| {
            for (tokens, rows, cols) in SIZES {
                let what = |kernel: &str| format!("{kernel} {tokens}×{rows}×{cols} on {}", device.name());
                let (x, w, dy) = (wave(tokens * cols, 1), wave(rows * cols, 2), wave(tokens * rows, 3));
                let layout = Layout { format: Format::F32, rows, cols };
                let weight = device.matrix(Format::F32, bytemuck::cast_slice(&w).to_vec(), layout.rows, layout.cols);

                let want = product(tokens, cols, rows, |t, c| x[t * cols + c], |c, r| w[r * cols + c]);
                compare(&what("linear"), linear(matrix(&x, cols, &device), weight.clone(), layout), &want);

                let want = product(tokens, rows, cols, |t, r| dy[t * rows + r], |r, c| w[r * cols + c]);
                let got = linear_transposed(matrix(&dy, rows, &device), weight.clone(), layout);
                compare(&what("linear_transposed"), got, &want);

                let norms: Vec<f64> = x.chunks(cols).map(|r| r.iter().map(|v| f64::from(v.abs())).sum()).collect();
                compare(&what("gradient_norm"), gradient_norm(matrix(&x, cols, &device)), &norms);

                let outer = product(rows, tokens, cols, |r, t| dy[t * rows + r], |t, c| x[t * cols + c]);
                let norms: Vec<f64> = outer.chunks(cols).map(|r| r.iter().map(|v| v.abs()).sum()).collect();
                let got = head_gradient_norm(matrix(&dy, rows, &device), matrix(&x, cols, &device));
                compare(&what("head_gradient_norm"), got, &norms);

                let ids: Vec<u32> = (0..tokens).map(|t| ((t * 5 + 3) % rows) as u32).collect();
                let want: Vec<f64> =
                    ids.iter().flat_map(|&id| w[id as usize * cols..][..cols].iter().map(|&v| f64::from(v))).collect();
                let ids = device.ids(&ids);
                compare(&what("rows"), super::rows(ids, weight, layout, 0), &want);
            }
        });
    }
}

#[test]
fn views_are_read_where_they_start() {
    for device in devices() {
        let (x, w) = (wave(6 * 8, 1), wave(3 * 8, 2));
        let layout = Layout { format: Format::F32, rows: 3, cols: 8 };
        let weight = device.matrix(Format::F32, bytemuck::cast_slice(&w).to_vec(), layout.rows, layout.cols);
        let want = product(2, 8, 3, |t, c| x[(t + 3) * 8 + c], |c, r| w[r * 8 + c]);
        let cut = cut_rows(matrix(&x, 8, &device), 3, 2);
        compare("linear of some rows", linear(cut, weight, layout), &want);
    }
}

/// Runs `test` with the kernels of either kind of adapter, and with those that use subgroups where there are any; all are
/// correct everywhere.
pub(crate) fn with_either_kind(test: impl Fn()) {
    // One at a time: the kind is the whole process's.
    static KIND: Mutex<()> = Mutex::new(());
    let _alone = KIND.lock().unwrap_or_else(PoisonError::into_inner);
    let kind = (super::launch::is_software(), super::launch::uses_subgroups());
    let mut kinds = vec![(true, false), (false, false)];
    match devices().iter().find(|device| device.is_gpu()) {
        Some(device) if device.subgroups => kinds.push((false, true)),
        Some(_) => eprintln!("NOT TESTED with subgroups: the adapter has none"),
        None => {}
    }
    let choose = |(software, subgroups)| {
        super::launch::set_software(software);
        super::launch::set_subgroups(subgroups);
    };
    for kind in kinds {
        choose(kind);
        test();
    }
    choose(kind);
}

#[test]
fn packed_matrices_hold_and_multiply_as_their_dequantized_values() {
    for device in devices() {
        with_either_kind(|| {
            for format in Format::ALL {
                for (tokens, rows, blocks_in_row) in [(1, 1, 1), (3, 67, 3), (9, 65, 2), (37, 130, 1)] {
                    let cols = match format.block_len() {
                        1 => 24 * blocks_in_row - 5,
                        n => n * blocks_in_row,
                    };
                    let what = |kernel: &str| {
                        format!("{} {kernel} {tokens}×{rows}×{cols} on {}", format.name(), device.name())
                    };
                    let data = blocks(format, rows, cols);
                    let mut plain = vec![0.0f32; rows * cols];
                    for (line, row) in plain.chunks_mut(cols).zip(data.chunks(format.row_bytes(cols))) {
                        dequantize_row(format, row, line);
                    }
                    let layout = Layout { format, rows, cols };
                    let weight = device.matrix(format, data, rows, cols);

                    let ids: Vec<u32> = (0..rows as u32).rev().collect();
                    let want: Vec<f32> =
                        ids.iter().flat_map(|&id| &plain[id as usize * cols..][..cols]).copied().collect();
                    let ids = device.ids(&ids);
                    let got = pollster::block_on(read(super::rows(ids, weight.clone(), layout, 0))).unwrap();
                    for (i, (a, b)) in got.iter().zip(&want).enumerate() {
                        assert!(a == b, "{} [{i}]: {a:e} is not {b:e}", what("rows"));
                    }

                    let (x, dy) = (wave(tokens * cols, 1), wave(tokens * rows, 2));
                    let want = product(tokens, cols, rows, |t, c| x[t * cols + c], |c, r| plain[r * cols + c]);
                    compare(&what("linear"), linear(matrix(&x, cols, &device), weight.clone(), layout), &want);
                    let want = product(tokens, rows, cols, |t, r| dy[t * rows + r], |r, c| plain[r * cols + c]);
                    let got = linear_transposed(matrix(&dy, rows, &device), weight, layout);
                    compare(&what("linear_transposed"), got, &want);
                }
            }
        });
    }
}

#[test]
fn packed_matrices_are_hardly_larger_than_the_file() {
    for format in Format::ALL {
        let (rows, cols) = (300, 1024);
        let (device, file) = (super::pack::bytes(format, rows, cols), (rows * format.row_bytes(cols)) as u64);
        assert!(device * 100 <= file * 106, "{}: {device} bytes for {file}", format.name());
    }
}
