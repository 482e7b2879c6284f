//! What a row of logits says, and its gradient.

use super::check::Checks;
use super::launch::{WORKGROUP, empty, groups, is_software, launch, shader};
use super::linear::rows;
use super::on::{On, from_cpu, from_gpu, ids, ids_from_cpu, ids_from_gpu, on, values};
use burn::backend::wgpu::CubeTensor;
use burn::tensor::{DType, Int, Tensor};
use semgrad_kernels as cpu;
use semgrad_kernels::Layout;
use semgrad_kernels::formats::Format;
use semgrad_kernels::samples::{blocks, wave};

/// Stripes of a row of logits, by kind of adapter.
const STRIPES: usize = 1024;
const STRIPES_SOFTWARE: usize = 64;

/// See [`cpu::token_statistics`]: logits `[rows, vocab]`, ids `[rows]` → `[rows, 6]`, and the ids of the largest logits,
/// `[rows]`, for what goes on with them on the device.
pub fn token_statistics(logits: Tensor<2>, tokens: Tensor<1, Int>) -> (Tensor<2>, Tensor<1, Int>) {
    let [rows, vocab] = logits.dims();
    match on([logits.into_dispatch(), tokens.into_dispatch()]) {
        On::Gpu([logits, tokens]) => {
            let stripes = vocab.min(if is_software() { STRIPES_SOFTWARE } else { STRIPES });
            let (part, out) = (empty(&logits, [rows, stripes, 5]), empty(&logits, [rows, 6]));
            let best = CubeTensor { dtype: DType::U32, ..empty(&logits, [rows]) };
            let info = [vocab as u32, stripes as u32];
            let grid = [stripes.div_ceil(WORKGROUP), rows, 1];
            launch(shader!("token_statistics"), &[&logits, &part], &info, grid);
            let buffers = [&part, &logits, &tokens, &out, &best];
            launch(shader!("token_statistics_merge"), &buffers, &info, [rows, 1, 1]);
            (from_gpu(out), ids_from_gpu(best))
        }
        On::Cpu([logits, tokens]) => {
            let statistics = cpu::token_statistics(values(&logits), ids(&tokens));
            let best = statistics.as_chunks::<6>().0.iter().map(|row| row[0] as u32).collect();
            (from_cpu(statistics, [rows, 6]), ids_from_cpu(best))
        }
    }
}

/// A token and its three nearest rivals: what requests ask for.
pub const TOP: usize = 4;

/// See [`cpu::top_logits`]: logits `[rows, vocab]` → `[rows, 2·count]`.
pub fn top_logits(logits: Tensor<2>, count: usize) -> Tensor<2> {
    let [rows, vocab] = logits.dims();
    match on([logits.into_dispatch()]) {
        On::Gpu([logits]) => {
            let out = empty(&logits, [rows, 2 * count]);
            let shader = shader!("top_logits").set("count", count);
            launch(shader, &[&logits, &out], &[vocab as u32], [rows, 1, 1]);
            from_gpu(out)
        }
        On::Cpu([logits]) => from_cpu(cpu::top_logits(values(&logits), vocab, count), [rows, 2 * count]),
    }
}

/// See [`cpu::logit_gradient`]: logits `[rows, vocab]`, at `[rows, 4]` → `[rows, vocab]`.
pub fn logit_gradient(logits: Tensor<2>, at: Tensor<2>) -> Tensor<2> {
    let [rows, vocab] = logits.dims();
    match on([logits, at].map(Tensor::into_dispatch)) {
        On::Gpu([logits, at]) => {
            let out = empty(&logits, [rows, vocab]);
            launch(shader!("logit_gradient"), &[&logits, &at, &out], &[vocab as u32], [groups(vocab), rows, 1]);
            from_gpu(out)
        }
        On::Cpu([logits, at]) => from_cpu(cpu::logit_gradient(values(&logits), values(&at)), [rows, vocab]),
    }
}

/// For the self-test.
pub(super) fn check(checks: &mut Checks<'_>) {
    check_vocab(checks, 2053);
}

/// Rows of so many logits, at least a hundred.
pub(super) fn check_vocab(checks: &mut Checks<'_>, vocab: usize) {
    let ids = [5, vocab as u32 - 53];
    let logits = wave(2 * vocab, 1);
    let tensor = checks.tensor(&logits, [2, vocab]);
    let (got, best) = token_statistics(tensor.clone(), checks.integers(&ids));
    let want = cpu::token_statistics(&logits, &ids);
    let largest: Vec<u32> = want.as_chunks::<6>().0.iter().map(|row| row[0] as u32).collect();
    // Ids have a scale of their own, on which the next one is far away.
    checks.add_columns("token_statistics", got, want, 6);
    // As in decoding, the ids are used where they are, in a table that begins at another id.
    let layout = Layout { format: Format::F32, rows: vocab, cols: 8 };
    let data = blocks(layout.format, vocab, layout.cols);
    let got = rows(best, checks.matrix(&data, layout), layout, vocab / 2);
    checks.add("rows of the largest logits", got, cpu::rows(&largest, &data, layout, vocab / 2));
    // The number is a part of the shader: this is the one that requests use.
    let top = top_logits(tensor.clone(), TOP);
    checks.add_columns("top_logits", top, cpu::top_logits(&logits, vocab, TOP), 2);
    let at = [0.5, 2.0, 7.0, -1.0, 1.0, 0.5, (vocab - 1) as f32, -2.0];
    let got = logit_gradient(tensor, checks.tensor(&at, [2, 4]));
    checks.add("logit_gradient", got, cpu::logit_gradient(&logits, &at));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::reading::read;
    use super::super::tests::{compare, devices, matrix, with_either_kind};
    use super::*;

    #[test]
    fn the_largest_of_rows_of_logits() {
        for device in devices() {
            with_either_kind(|| {
                for (rows, vocab, count) in [(1, 1, 1), (1, 2, 4), (2, 3, 3), (3, 67, 4), (2, 64, 4), (5, 4099, 4)] {
                    // Rounded, so that many are equal; one that a mask has left out is never among them.
                    let mut logits: Vec<f32> = wave(rows * vocab, 1).into_iter().map(|v| (9.0 * v).round()).collect();
                    if vocab > 4 {
                        logits[vocab - 2] = f32::NEG_INFINITY;
                    }
                    let got = pollster::block_on(read(top_logits(matrix(&logits, vocab, &device), count))).unwrap();
                    assert_eq!(got.len(), rows * 2 * count);
                    for (row, got) in logits.chunks(vocab).zip(got.chunks(2 * count)) {
                        let mut ranked: Vec<(usize, f32)> = row.iter().copied().enumerate().collect();
                        ranked.sort_by(|a, b| b.1.total_cmp(&a.1)); // stable: of equals the smaller id first
                        let want: Vec<f32> = ranked.iter().take(count).flat_map(|&(id, z)| [id as f32, z]).collect();
                        let what = format!("{rows}×{vocab} on {}", device.name());
                        assert_eq!(got[..want.len()], want, "{what}");
                        assert!(got[want.len()..].chunks(2).all(|none| none[1] < -1e38), "{what}");
                    }
                }
            });
        }
    }

    #[test]
    fn statistics_of_rows_of_logits() {
        for device in devices() {
            with_either_kind(|| {
                for (rows, vocab) in [(1, 1), (2, 2), (3, 67), (2, 1031), (1, 4099)] {
                    let what = |what: &str| format!("{what} {rows}×{vocab} on {}", device.name());
                    let mut logits: Vec<f32> = wave(rows * vocab, 1).into_iter().map(|v| (9.0 * v).round()).collect();
                    logits[vocab - 1] += 40.0; // one nearly certain row, ties in the others
                    let ids: Vec<u32> = (0..rows).map(|r| (r * 5 % vocab) as u32).collect();
                    let (got, best) = token_statistics(matrix(&logits, vocab, &device), device.ids(&ids));
                    let (got, best) = (pollster::block_on(read(got)).unwrap(), best.into_data());
                    let best = best.try_into_vec_as::<u32>().unwrap();
                    let mut at = Vec::new();
                    let mut gradient = Vec::new();
                    for (r, row) in logits.chunks(vocab).enumerate() {
                        let got = &got[6 * r..6 * r + 6];
                        let max = row.iter().copied().fold(f32::MIN, f32::max);
                        assert_eq!(best[r] as f32, got[0], "{}", what("the id itself"));
                        let best = row.iter().position(|&z| z == max).unwrap();
                        let rest = |f: fn(f64) -> f64| -> f64 {
                            let others = row.iter().enumerate().filter(|(i, _)| *i != best);
                            others.map(|(_, z)| f(f64::from(z - max))).sum()
                        };
                        let second = row
                            .iter()
                            .enumerate()
                            .filter(|(i, _)| *i != best)
                            .map(|(_, &z)| z)
                            .fold(f32::MIN, f32::max);
                        assert_eq!((got[0] as usize, got[1]), (best, max), "{}", what("largest"));
                        assert!(vocab == 1 || got[2] == second, "{}", what("second"));
                        for (got, want) in [(got[3], rest(f64::exp)), (got[4], rest(|s| s * s.exp()))] {
                            assert!(
                                (f64::from(got) - want).abs() <= 1e-5 * want.abs(),
                                "{} {got} {want}",
                                what("sums")
                            );
                        }
                        assert_eq!(got[5], row[ids[r] as usize], "{}", what("chosen"));
                        at.extend([max, 0.25, ids[r] as f32, -7.5]);
                        gradient.extend((0..vocab).map(|i| match i == ids[r] as usize {
                            true => -7.5,
                            false => 0.25 * f64::from(row[i] - max).exp(),
                        }));
                    }
                    let got = logit_gradient(matrix(&logits, vocab, &device), matrix(&at, 4, &device));
                    compare(&what("logit_gradient"), got, &gradient);
                }
            });
        }
    }
}
