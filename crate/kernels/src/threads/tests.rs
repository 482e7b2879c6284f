//! Every kernel that divides its outputs gives the same bits on any number of threads.

use super::pieces;
use crate::formats::Format;
use crate::samples::{blocks, wave};
use crate::*;

/// On so many threads.
fn on<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

/// The results of `kernel` without a pool, compared with those on several numbers of threads.
fn same(what: &str, kernel: impl Fn() -> Vec<f32> + Sync) {
    let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect::<Vec<_>>();
    let want = bits(kernel());
    assert!(!want.is_empty(), "{what}");
    for threads in [1, 2, 3, 5] {
        assert!(bits(on(threads, &kernel)) == want, "{what} differs on {threads} threads");
    }
}

/// One vector after the other.
fn both((mut a, mut b): (Vec<f32>, Vec<f32>)) -> Vec<f32> {
    a.append(&mut b);
    a
}

#[test]
fn pieces_cover_everything_once() {
    for (count, unit) in [(0, 1), (1, 16), (15, 16), (49, 16), (576, 16), (576, 256), (1003, 4), (7, 1)] {
        for (threads, cost) in
            [(1, usize::MAX), (2, 1000), (2, 1 << 17), (2, 1 << 18), (3, usize::MAX), (5, usize::MAX)]
        {
            let pieces = on(threads, || pieces(count, unit, cost));
            assert_eq!(pieces.iter().map(ExactSizeIterator::len).sum::<usize>(), count);
            assert!(pieces.windows(2).all(|two| two[0].end == two[1].start && two[0].end % unit == 0));
            assert!(count == 0 || pieces.iter().all(|piece| !piece.is_empty()), "{pieces:?}");
            assert!(threads > 1 && cost >= super::WORTH || pieces.len() == 1);
        }
    }
    assert_eq!(pieces(1 << 20, 1, usize::MAX).len(), 1, "outside a pool there is one thread");
    assert_eq!(on(2, || pieces(1 << 20, 1, usize::MAX)).len(), 8);
}

#[test]
fn products_are_the_same() {
    for format in Format::ALL {
        for (tokens, rows, cols) in
            [(1, 1003, 512), (2, 517, 768), (3, 300, 512), (4, 259, 256), (10, 131, 768), (61, 67, 2304)]
        {
            let (w, what) = (blocks(format, rows, cols), format!("{tokens}×{rows}×{cols} {format:?}"));
            let (x, dy) = (wave(tokens * cols, 1), wave(tokens * rows, 3));
            same(&format!("linear {what}"), || linear(&x, &w, format, rows, cols));
            same(&format!("transposed {what}"), || linear_transposed(&dy, &w, format, rows, cols));
        }
        // Widths that are no multiple of the pieces' unit.
        let cols = if format.block_len() > 32 { 3 * 256 } else { 576 + format.block_len() };
        let (w, dy) = (blocks(format, 601, cols), wave(9 * 601, 2));
        same(&format!("wide {format:?}"), || linear_transposed(&dy, &w, format, 601, cols));
        same(&format!("one wide {format:?}"), || linear_transposed(&dy[..601], &w, format, 601, cols));
    }
}

#[test]
fn products_of_floats_are_the_same() {
    let (tokens, rows, cols) = (29, 203, 61);
    let (a, b, sum) = (wave(tokens * rows, 1), wave(tokens * cols, 2), wave(rows * cols, 3));
    same("outer", || outer(&sum, &a, &b, rows, cols));
    same("head_gradient_norm", || head_gradient_norm(&a, &b, rows, cols));
    let g = wave(8001 * 67, 4);
    same("gradient_norm", || gradient_norm(&g, 67));
    same("squared_distances", || squared_distances(&g[..67], &g));
}

#[test]
fn attention_is_the_same() {
    let (tokens, keys) = (61, 80);
    for (heads, kv_heads, window) in [(6, 3, None), (5, 5, Some(30)), (4, 1, None)] {
        let a = Attention { heads, kv_heads, width: 20, scale: 0.2, window, cap: window.map(|_| 1.5) };
        let (q, d) = (wave(tokens * heads * 20, 1), wave(tokens * heads * 20, 2));
        let (k, v) = (wave(keys * kv_heads * 20, 3), wave(keys * kv_heads * 20, 4));
        same("attend", || both(attend(&q, &k, &v, a)));
        let (out, log_sum) = attend(&q, &k, &v, a);
        let x = Attended { q: &q, k: &k, v: &v, out: &out, log_sum: &log_sum };
        same("attend_backward", || both(attend_backward(&x, &d, a)));
    }
    let a = Attention { heads: 5, kv_heads: 5, width: 24, scale: 0.2, window: None, cap: None };
    let [q, k, v] = [1, 2, 3].map(|seed| wave(80 * 120, seed));
    let segments: Vec<u32> = (0..80).flat_map(|t| if t < 33 { [0, 33] } else { [33, 80] }).collect();
    same("attend_segments", || attend_segments((&q, &k, &v), &segments, None, a));
    let rows: Vec<u32> = (0..2 * 47 - 1).map(|i| i / 3).collect();
    for table in [Table::Disentangled { k: &q, q: &v }, Table::Biased(&q)] {
        let distances = Some(TokenDistances { rows: &rows, table });
        same("attend_segments with distances", || attend_segments((&q, &k, &v), &segments, distances, a));
    }
}

#[test]
fn rows_are_the_same() {
    let (rows, width) = (301, 997);
    let [x, y, z] = [1, 2, 3].map(|seed| wave(rows * width, seed));
    let weight = wave(3 * width, 4);
    same("rms_norm", || rms_norm(&x, &weight[..width], 1e-5));
    same("rms_norm_residual", || both(rms_norm_residual(&x, &y, &weight[..width], 1e-5)));
    same("rms_norm_backward", || rms_norm_backward(&x, &weight[..width], &y, 1e-5));
    same("layer_norm", || layer_norm(&x, &y, &weight, 1e-5));
    same("gelu", || gelu(&x, &weight[..width]));
    for kind in [Activation::Silu, Activation::GeluTanh, Activation::Gelu, Activation::Sigmoid] {
        same("glu", || glu(&x, &y, kind));
        same("glu_backward", || both(glu_backward(&x, &y, &z, kind)));
    }
    let ids: Vec<u32> = (0..rows as u32).collect();
    same("token_statistics", || token_statistics(&x, &ids));
    same("top_logits", || top_logits(&x, width, 5));
    let at: Vec<f32> = (0..rows).flat_map(|row| [1.0, 0.3, row as f32, -0.7]).collect();
    same("logit_gradient", || logit_gradient(&x, &at));
}
