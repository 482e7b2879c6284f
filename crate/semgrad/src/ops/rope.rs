//! Rotary embedding, and keys and values one after the other.

use super::check::{Checks, TOKENS};
use super::launch::{empty, groups, launch, shader};
use super::on::{HostTensor, On, from_cpu, from_gpu, from_host, on, values};
use burn::backend::flex::Layout;
use burn::tensor::{Tensor, TensorData};
use semgrad_kernels as cpu;
use semgrad_kernels::samples::wave;

/// Positions there is place for behind those that are copied: an answer's tokens come one by one.
const SPARE: usize = 64;

/// Rotary embedding of x `[tokens, heads · head]` by angles with the cosines and sines in `table` `[tokens, 2 · half]`; columns
/// of a head from 2 · half on stay as they are. Sign −1 turns back.
pub fn rope(x: Tensor<2>, table: Tensor<2>, head: usize, sign: f32) -> Tensor<2> {
    let ([tokens, width], half) = (x.dims(), table.dims()[1] / 2);
    match on([x.into_dispatch(), table.into_dispatch()]) {
        On::Gpu([x, table]) => {
            let y = empty(&x, [tokens, width]);
            let [heads, half, pairs] = [width / head, half, head / 2].map(|n| n as u32);
            let info = [heads, half, sign.to_bits(), pairs];
            launch(shader!("rope"), &[&x, &table, &y], &info, [groups(width / 2), tokens, 1]);
            from_gpu(y)
        }
        On::Cpu([x, table]) => from_cpu(cpu::rope(values(&x), values(&table), [half, head], sign), [tokens, width]),
    }
}

/// New keys (to be rotated by `table` as in [`rope`]) and values `[tokens, width]` behind the old ones `[past, width]`.
pub fn append(
    past: (Tensor<2>, Tensor<2>),
    k: Tensor<2>,
    v: Tensor<2>,
    table: Tensor<2>,
    head: usize,
) -> (Tensor<2>, Tensor<2>) {
    let ([tokens, width], before, half) = (k.dims(), past.0.dims()[0], table.dims()[1] / 2);
    let keys = before + tokens;
    match on([past.0, past.1, k, v, table].map(Tensor::into_dispatch)) {
        On::Gpu([past_k, past_v, k, v, table]) => {
            let (all_k, all_v) = (empty(&k, [keys, width]), empty(&k, [keys, width]));
            let buffers = [&past_k, &past_v, &k, &v, &table, &all_k, &all_v];
            let info = [before, width, half, head].map(|n| n as u32);
            launch(shader!("append"), &buffers, &info, [groups(width), keys, 1]);
            (from_gpu(all_k), from_gpu(all_v))
        }
        On::Cpu([past_k, past_v, k, v, table]) => {
            let k = cpu::rope(values(&k), values(&table), [half, head], 1.0);
            (from_host(extend(past_k, &k, width)), from_host(extend(past_v, values(&v), width)))
        }
    }
}

/// Rows of `width` behind those of a matrix: where they fit, if nobody else holds it, else in a copy with place for more.
fn extend(mut past: HostTensor, rows: &[f32], width: usize) -> HostTensor {
    let (used, all) = (past.layout().num_elements(), past.layout().num_elements() + rows.len());
    let layout = Layout::contiguous([all / width, width].into());
    let begins = past.layout().start_offset() == 0;
    if let Some(place) = past.try_storage_mut::<f32>().filter(|place| begins && place.len() >= all) {
        place[used..all].copy_from_slice(rows);
        return past.with_layout(layout);
    }
    let longer = cpu::append(values(&past), rows, SPARE * width);
    HostTensor::from_data(TensorData::new(longer, [all / width + SPARE, width])).with_layout(layout)
}

/// For the self-test.
pub(super) fn check(checks: &mut Checks<'_>) {
    check_heads(checks, 3, 6, 16);
}

/// So many heads of `head` columns, of which 2 · `half` are rotated.
pub(super) fn check_heads(checks: &mut Checks<'_>, heads: usize, half: usize, head: usize) {
    let width = heads * head;
    let (x, angles) = (wave(TOKENS * width, 1), wave(TOKENS * 2 * half, 2));
    let (past, v) = (wave(2 * TOKENS * width, 3), wave(TOKENS * width, 4));
    let table = checks.tensor(&angles, [TOKENS, 2 * half]);
    let x_gpu = checks.tensor(&x, [TOKENS, width]);
    let y = rope(x_gpu.clone(), table.clone(), head, -1.0);
    checks.add("rope", y, cpu::rope(&x, &angles, [half, head], -1.0));
    let past_gpu = || checks.tensor(&past, [2 * TOKENS, width]);
    let got = append((past_gpu(), past_gpu()), x_gpu, checks.tensor(&v, [TOKENS, width]), table, head);
    checks.add("append", got.0, [past.clone(), cpu::rope(&x, &angles, [half, head], 1.0)].concat());
    checks.add("append", got.1, [past, v].concat());
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{compare, devices, matrix, wide};
    use super::*;

    #[test]
    fn rotations_turn_and_turn_back() {
        for device in devices() {
            for (tokens, heads, half, head) in
                [(1, 1, 2, 4), (3, 5, 8, 16), (7, 3, 37, 74), (5, 3, 6, 16), (1, 2, 1, 68)]
            {
                let (x, angles) = (wave(tokens * heads * head, 1), wave(tokens * half, 2));
                let mut table = Vec::new();
                for angles in angles.chunks(half) {
                    table.extend(angles.iter().map(|a| (3.0 * a).cos()));
                    table.extend(angles.iter().map(|a| (3.0 * a).sin()));
                }
                let table = || matrix(&table, 2 * half, &device);
                let want: Vec<f64> = (0..x.len())
                    .map(|i| {
                        let (c, token) = (i % head, i / (head * heads));
                        if c >= 2 * half {
                            return f64::from(x[i]);
                        }
                        let (sin, cos) = f64::from(3.0 * angles[token * half + c % half]).sin_cos();
                        let other = if c < half { -f64::from(x[i + half]) } else { f64::from(x[i - half]) };
                        f64::from(x[i]) * cos + other * sin
                    })
                    .collect();
                let what = format!("rope {tokens}×{heads}×{half} of {head} on {}", device.name());
                let columns = heads * head;
                let turned = rope(matrix(&x, columns, &device), table(), head, 1.0);
                compare(&what, turned.clone(), &want);
                compare(&what, rope(turned, table(), head, -1.0), &wide(&x));

                let (past, v) = (wave(11 * columns, 4), wave(x.len(), 5));
                let old = || matrix(&past, columns, &device);
                let (k, v_all) =
                    append((old(), old()), matrix(&x, columns, &device), matrix(&v, columns, &device), table(), head);
                compare(&format!("append keys, {what}"), k, &[wide(&past), want].concat());
                compare(&format!("append values, {what}"), v_all, &[wide(&past), wide(&v)].concat());
            }
        }
    }
    #[test]
    fn positions_that_somebody_holds_stay() {
        for device in devices() {
            // Angles of zero: nothing turns.
            let (head, table) = (4, || matrix(&[1.0, 1.0, 0.0, 0.0], 4, &device));
            let row = |i: usize| matrix(&[i as f32; 4], head, &device);
            let rows = |upto: usize| (0..upto).flat_map(|i| [i as f64; 4]).collect::<Vec<_>>();
            let (mut k, mut v) = (row(0), row(0));
            let mut held = Vec::new();
            // Beyond the place that is left at first, and twice from the same positions on.
            for i in 1..2 * SPARE {
                if i % 50 == 0 {
                    held.push((i, k.clone(), v.clone()));
                    let (other, _) = append((k.clone(), v.clone()), row(1000), row(1000), table(), head);
                    compare("another's", other, &[rows(i), vec![1000.0; 4]].concat());
                }
                (k, v) = append((k, v), row(i), row(i), table(), head);
            }
            for (upto, k, v) in held.into_iter().chain([(2 * SPARE, k, v)]) {
                compare(&format!("{upto} keys on {}", device.name()), k, &rows(upto));
                compare(&format!("{upto} values on {}", device.name()), v, &rows(upto));
            }
        }
    }
}
