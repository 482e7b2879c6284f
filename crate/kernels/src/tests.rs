//! Every format at odd sizes against sums in double precision, with the best instruction set and without intrinsics.

use super::*;
use formats::{Format, dequantize_row, with_blocks};
use samples::wave;

/// Packed rows of irregular bytes with reasonable scales, and their values.
fn weights(format: Format, rows: usize, cols: usize) -> (Vec<u8>, Vec<f32>) {
    let half = |value: f32| half::f16::from_f32(value).to_le_bytes();
    let mut state = 7u32;
    let mut bytes: Vec<u8> = (0..rows * format.row_bytes(cols))
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    for (i, block) in bytes.chunks_exact_mut(format.block_bytes()).enumerate() {
        let d = 0.003 * (1 + i % 7) as f32;
        match format {
            Format::F32 => block.copy_from_slice(&(i as f32 * 0.7).sin().to_le_bytes()),
            Format::F16 => block.copy_from_slice(&half((i as f32 * 0.7).sin())),
            Format::BF16 => block[1] = 0x3d | block[1] & 0x80,
            _ => {
                // Subnormal where it is multiplied with another scale, as in real files.
                let d = if format.description().group == 16 { 0.001 * d } else { d };
                let minimum = if format.block_len() == 32 { -9.0 * d } else { 7.0 * d };
                for (&at, value) in format.halves().iter().zip([d, minimum]) {
                    block[at..at + 2].copy_from_slice(&half(value));
                }
                if let Some(at) = format.exponent() {
                    block[at] = 118 + (i % 7) as u8;
                }
            }
        }
    }
    let mut values = vec![0.0; rows * cols];
    dequantize_row(format, &bytes, &mut values);
    (bytes, values)
}

fn compare(what: &str, got: &[f32], want: &[f64]) {
    assert_eq!(got.len(), want.len(), "{what}");
    let scale = want.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    for (i, (a, b)) in got.iter().zip(want).enumerate() {
        assert!((f64::from(*a) - b).abs() <= 1e-5 * scale, "{what}[{i}] is {a}, not {b} (largest {scale})");
    }
}

/// a `[n, k]` · b `[k, m]`, element access by closures.
fn product(n: usize, k: usize, m: usize, a: impl Fn(usize, usize) -> f32, b: impl Fn(usize, usize) -> f32) -> Vec<f64> {
    let entry = |i, j| (0..k).map(|l| f64::from(a(i, l)) * f64::from(b(l, j))).sum();
    (0..n * m).map(|e| entry(e / m, e % m)).collect()
}

/// Tokens, rows, and columns in blocks (of one value for floats).
const SIZES: [(usize, usize, usize); 12] = [
    (1, 1, 1),
    (1, 67, 3),
    (2, 5, 2),
    (3, 34, 1),
    (4, 9, 9),
    (5, 33, 5),
    (9, 130, 3),
    (10, 19, 3),
    (11, 18, 1),
    (12, 17, 9),
    (26, 7, 37),
    (50, 49, 2),
];

#[test]
fn products_equal_plain_sums() {
    for format in Format::ALL {
        for (tokens, rows, blocks) in SIZES {
            let cols = blocks * format.block_len();
            let what = |kernel: &str| format!("{kernel} {tokens}×{rows}×{cols} {format:?}");
            let (bytes, w) = weights(format, rows, cols);
            let (x, mut dy) = (wave(tokens * cols, 1), wave(tokens * rows, 3));
            // Tokens without a gradient are skipped.
            dy[..(tokens - 1) * rows / 2].fill(0.0);

            let want = product(tokens, cols, rows, |t, c| x[t * cols + c], |c, r| w[r * cols + c]);
            compare(&what("linear"), &linear(&x, &bytes, format, rows, cols), &want);
            for set in simd::Lesser::all() {
                let mut y = vec![0.0; tokens * rows];
                matmul::matmul(&x, &bytes, format, [rows, cols], &mut y, |pass| set.run(pass));
                compare(&what(&format!("{set:?} matmul")), &y, &want);
            }

            let want = product(tokens, rows, cols, |t, r| dy[t * rows + r], |r, c| w[r * cols + c]);
            compare(&what("transposed"), &linear_transposed(&dy, &bytes, format, rows, cols), &want);
            for set in simd::Lesser::all() {
                let mut dx = vec![0.0; tokens * cols];
                let lines = &mut dx.chunks_exact_mut(cols).collect::<Vec<_>>();
                set.run(transposed::ManyTokens { dy: &dy, w: &bytes, format, rows, cols, first: 0, dx: lines });
                compare(&what(&format!("{set:?} transposed")), &dx, &want);
            }
        }
    }
}

#[test]
fn few_tokens_need_no_intrinsics() {
    for format in Format::ALL {
        let (rows, cols) = (21, 3 * format.block_len());
        let (bytes, w) = weights(format, rows, cols);
        for set in simd::Lesser::all() {
            let what = |name: &str| format!("{set:?} {format:?} {name}");
            let (x, dy) = (wave(5 * cols, 1), wave(rows, 3));
            let (mut y, mut two, mut dx) = (vec![0.0; rows], vec![0.0; 2 * rows], vec![0.0; cols]);
            let mut five = vec![0.0; 5 * rows];
            with_blocks!(format, B => {
                let blocks = std::marker::PhantomData;
                let inputs = &set.run(matvec::Arrange::<B, 1> { x: &x[..cols], cols, blocks });
                set.run(matvec::Packed::<B, 1> { inputs, w: &bytes, cols, y: &mut [&mut y], blocks });
                let inputs = &set.run(matvec::Arrange::<B, 2> { x: &x[..2 * cols], cols, blocks });
                let (first, second) = two.split_at_mut(rows);
                set.run(matvec::Packed::<B, 2> { inputs, w: &bytes, cols, y: &mut [first, second], blocks });
                let inputs = &few::by_chunks::<5>(&x, cols);
                let lines = &mut five.chunks_exact_mut(rows).collect::<Vec<_>>();
                set.run(few::Products::<B, 5> { inputs, w: &bytes, cols, y: lines, blocks });
                set.run(transposed::OneToken::<B> { dy: &dy, w: &bytes, cols, first: 0, dx: &mut dx, blocks });
            }, _ => continue);
            let want = product(5, cols, rows, |t, c| x[t * cols + c], |c, r| w[r * cols + c]);
            compare(&what("y"), &y, &want[..rows]);
            compare(&what("y of two"), &two, &want[..2 * rows]);
            compare(&what("y of five"), &five, &want);
            // What is kept of a conversation and what is read again have the same numbers.
            assert_eq!(y, two[..rows], "{}", what("one token of two"));
            compare(&what("dx"), &dx, &product(1, rows, cols, |_, r| dy[r], |r, c| w[r * cols + c]));
        }
        let x = wave(4 * cols, 1);
        let four = linear(&x, &bytes, format, rows, cols);
        for tokens in 1..4 {
            let few = linear(&x[..tokens * cols], &bytes, format, rows, cols);
            assert_eq!(few, four[..tokens * rows], "{tokens} of four tokens, {format:?}");
        }
    }
}

#[test]
fn norms_equal_plain_sums() {
    for (tokens, vocab, cols) in [(1, 1, 1), (1, 67, 37), (3, 65, 64), (5, 130, 96), (9, 259, 7), (2, 64, 24)] {
        let (a, h) = (wave(tokens * vocab, 1), wave(tokens * cols, 2));
        let gradient = product(vocab, tokens, cols, |v, t| a[t * vocab + v], |t, c| h[t * cols + c]);
        let want: Vec<f64> = gradient.chunks(cols).map(|row| row.iter().map(|v| v.abs()).sum()).collect();
        compare("head_gradient_norm", &head_gradient_norm(&a, &h, vocab, cols), &want);
        for set in simd::Lesser::all() {
            let norms = gradient_norm::head_gradient_norm_by(&a, &h, [vocab, cols], |norms| set.run(norms));
            compare(&format!("{set:?} head_gradient_norm"), &norms, &want);
        }
        let want: Vec<f64> = h.chunks(cols).map(|row| row.iter().map(|v| f64::from(v.abs())).sum()).collect();
        compare("gradient_norm", &gradient_norm(&h, cols), &want);
        let own = wave(cols, 3);
        let square = |(a, b): (&f32, &f32)| (f64::from(*a) - f64::from(*b)).powi(2);
        let want: Vec<f64> = h.chunks(cols).map(|row| row.iter().zip(&own).map(square).sum()).collect();
        compare("squared_distances", &squared_distances(&own, &h), &want);
        for set in simd::Lesser::all() {
            let distances = set.run(distances::Distances { own: &own, rows: &h });
            compare(&format!("{set:?} squared_distances"), &distances, &want);
        }
    }
}

#[test]
fn attention_needs_no_intrinsics() {
    for (tokens, start, heads, kv_heads, width, window) in
        [(3, 0, 2, 1, 4, None), (5, 9, 6, 2, 64, None), (2, 7, 3, 3, 36, Some(4)), (1, 40, 9, 3, 80, None)]
    {
        let a = Attention { heads, kv_heads, width, scale: 0.1, window, cap: None };
        let (rows, keys) = (tokens * heads, start + tokens);
        let (q, d_out) = (wave(rows * width, 1), wave(rows * width, 2));
        let (k, v) = (wave(keys * kv_heads * width, 3), wave(keys * kv_heads * width, 4));
        let (out, log_sum) = attend(&q, &k, &v, a);
        let x = Attended { q: &q, k: &k, v: &v, out: &out, log_sum: &log_sum };
        let (d_q, d_kv) = attend_backward(&x, &d_out, a);
        let exact = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
        for set in simd::Lesser::all() {
            let what = |name: &str| format!("{set:?} {name} {tokens} behind {start}, {a:?}");
            let (mut out2, mut log_sums) = (vec![0.0; q.len()], vec![0.0; rows]);
            let (q, k, v) = (&q, &k, &v);
            set.run(attend::Rows { q, k, v, a, start, rows: 0..rows, out: &mut out2, log_sums: &mut log_sums });
            compare(&what("out"), &out2, &exact(&out));
            compare(&what("log_sum"), &log_sums, &exact(&log_sum));
            let (mut d_q2, mut d_kv2) = (vec![0.0; q.len()], vec![0.0; d_kv.len()]);
            let (d_k, d_v) = d_kv2.split_at_mut(d_kv.len() / 2);
            let lines = |values| <[f32]>::chunks_exact_mut(values, kv_heads * width).collect::<Vec<_>>();
            let (mut d_k, mut d_v) = (lines(d_k), lines(d_v));
            let mut d_q_lines: Vec<_> = d_q2.chunks_exact_mut(heads * width).collect();
            set.run(attend::Heads {
                x: &x,
                d_out: &d_out,
                a,
                own: 0..kv_heads,
                d_q: &mut d_q_lines,
                d_k: &mut d_k,
                d_v: &mut d_v,
            });
            compare(&what("d_q"), &d_q2, &exact(&d_q));
            compare(&what("d_k and d_v"), &d_kv2, &exact(&d_kv));
        }
    }
}
