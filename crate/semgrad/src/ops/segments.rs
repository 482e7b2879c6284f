//! Attention within segments: every token sees those of its own text that are in reach, and none of another.

use super::check::{COLS, Checks, TOKENS};
use super::launch::{empty, file, groups, launch, shader};
use super::on::{On, from_cpu, from_gpu, ids, on, values};
use burn::backend::TensorMetadata;
use burn::backend::wgpu::CubeTensor;
use burn::tensor::{Int, Tensor};
use semgrad_kernels as cpu;
use semgrad_kernels::Attention;
use semgrad_kernels::samples::wave;

/// What the distance between two tokens adds to a score.
#[derive(Clone)]
pub struct Distances {
    /// A number for each head, `[rows, heads]`; or keys of distances, then their queries: `[2 · rows, heads · width]`.
    pub table: Tensor<2>,
    /// The row of each distance query − key from 1 − longest to longest − 1: `[2 · longest − 1]`. Those of keys rise.
    pub rows: Tensor<1, Int>,
    /// Whether the table holds numbers.
    pub biased: bool,
}

/// Attention of every token to those of its own text that are at most the window away: q, k and v
/// `[tokens, heads · width]` → the same; `segments` `[2 · tokens]` holds the first token of each token's text and one past the
/// last. Every head has its own keys.
pub fn attend_segments(
    [q, k, v]: [Tensor<2>; 3],
    segments: Tensor<1, Int>,
    distances: Option<Distances>,
    a: Attention,
) -> Tensor<2> {
    let shape = q.dims();
    let [q, k, v, segments] = [q.into_dispatch(), k.into_dispatch(), v.into_dispatch(), segments.into_dispatch()];
    let Some(distances) = distances else {
        return match on([q, k, v, segments]) {
            On::Gpu([q, k, v, segments]) => launch_segments([&q, &k, &v, &segments], None, shape, a),
            On::Cpu([q, k, v, segments]) => {
                let qkv = (values(&q), values(&k), values(&v));
                from_cpu(cpu::attend_segments(qkv, ids(&segments), None, a), shape)
            }
        };
    };
    let Distances { table, rows, biased } = distances;
    let (table, rows) = (table.into_dispatch(), rows.into_dispatch());
    match on([q, k, v, segments, table, rows]) {
        On::Gpu([q, k, v, segments, table, rows]) => {
            launch_segments([&q, &k, &v, &segments], Some(([&table, &rows], biased)), shape, a)
        }
        On::Cpu([q, k, v, segments, table, rows]) => {
            let table = values(&table);
            let (k_of, q_of) = table.split_at(table.len() / 2);
            let table = if biased { cpu::Table::Biased(table) } else { cpu::Table::Disentangled { k: k_of, q: q_of } };
            let qkv = (values(&q), values(&k), values(&v));
            let distances = cpu::TokenDistances { rows: ids(&rows), table };
            from_cpu(cpu::attend_segments(qkv, ids(&segments), Some(distances), a), shape)
        }
    }
}

/// q, k, v and segments; the table of distances and the row of each, and whether it holds numbers.
fn launch_segments(
    tensors: [&CubeTensor; 4],
    distances: Option<([&CubeTensor; 2], bool)>,
    shape: [usize; 2],
    a: Attention,
) -> Tensor<2> {
    let (out, tokens) = (empty(tensors[0], shape), shape[0]);
    let mut buffers = tensors.to_vec();
    buffers.push(&out);
    // No window reaches from any token to any other.
    let reach = a.window.unwrap_or(tokens).min(tokens);
    let mut info = vec![tokens as u32, a.heads as u32, a.scale.to_bits(), reach as u32];
    let shader = shader!("attend_segments").set("width", a.width / 4);
    let shader = match distances {
        None => shader.with(&[file!("segments/content")]),
        Some(([table, rows], biased)) => {
            buffers.extend([table, rows]);
            let elements = |x: &CubeTensor| x.shape().num_elements();
            info.extend([elements(rows) / 2, elements(table) / 8].map(|n| n as u32));
            let adds = if biased { file!("segments/biased") } else { file!("segments/disentangled") };
            // No placeholder of the text: it tells apart what is compiled.
            shader.with(&[adds]).set("biased", biased)
        }
    };
    let shader = shader.set("shape", buffers.len());
    launch(shader, &buffers, &info, [groups(tokens * a.heads), 1, 1]);
    from_gpu(out)
}

/// For the self-test: two texts, and a table in which far distances share rows; and a window.
pub(super) fn check(checks: &mut Checks<'_>) {
    let a = Attention { heads: 3, kv_heads: 3, width: 8, scale: 0.25, window: None, cap: None };
    let (longest, tokens, width) = (COLS, COLS + TOKENS, a.heads * a.width);
    let text = |first: usize, length: usize| [first as u32, (first + length) as u32].repeat(length);
    let segments = [text(0, longest), text(longest, TOKENS)].concat();
    let rows: Vec<u32> = (0..2 * longest as u32 - 1).map(|row| row / 2).collect();
    let [q, k, v, keys, queries] = [1, 2, 3, 4, 5].map(|seed| wave(tokens * width, seed));
    let both = [&keys[..], &queries[..]].concat();
    for (table, window) in [
        (None, None),
        (None, Some(TOKENS)),
        (Some(cpu::Table::Disentangled { k: &keys, q: &queries }), None),
        (Some(cpu::Table::Biased(&keys)), None),
    ] {
        let a = Attention { window, ..a };
        let distances = table.map(|table| Distances {
            table: match table {
                cpu::Table::Disentangled { .. } => checks.tensor(&both, [2 * tokens, width]),
                cpu::Table::Biased(numbers) => checks.tensor(numbers, [tokens * a.width, a.heads]),
            },
            rows: checks.integers(&rows),
            biased: matches!(table, cpu::Table::Biased(_)),
        });
        let qkv = [&q, &k, &v].map(|x| checks.tensor(x, [tokens, width]));
        let got = attend_segments(qkv, checks.integers(&segments), distances, a);
        let distances = table.map(|table| cpu::TokenDistances { rows: &rows, table });
        checks.add("attend_segments", got, cpu::attend_segments((&q, &k, &v), &segments, distances, a));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{compare, devices, matrix, wide};
    use super::super::upload::upload_words;
    use super::*;
    use crate::device::Device;

    fn integers(values: &[u32], device: &Device) -> Tensor<1, Int> {
        upload_words(values.to_vec(), &device.burn)
    }

    /// Attention in double precision. `added(head, query, key)` is what the distance adds, before the scale.
    fn attention(
        [q, k, v]: [&[f64]; 3],
        texts: &[usize],
        a: Attention,
        added: impl Fn(usize, usize, usize) -> f64,
    ) -> Vec<f64> {
        let stride = a.heads * a.width;
        let row = |x: &[f64], token: usize, head: usize| x[token * stride + head * a.width..][..a.width].to_vec();
        let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (mut out, mut first) = (Vec::new(), 0);
        for &length in texts {
            for query in first..first + length {
                for head in 0..a.heads {
                    let reach = a.window.unwrap_or(length);
                    let seen = first.max(query.saturating_sub(reach))..(first + length).min(query + reach + 1);
                    let weights: Vec<f64> = seen
                        .clone()
                        .map(|key| inner(&row(q, query, head), &row(k, key, head)) + added(head, query, key))
                        .map(|score| (score * f64::from(a.scale)).exp())
                        .collect();
                    let total: f64 = weights.iter().sum();
                    let values: Vec<_> = seen.map(|key| row(v, key, head)).collect();
                    let mean = |c: usize| weights.iter().zip(&values).map(|(w, v)| w * v[c]).sum::<f64>() / total;
                    out.extend((0..a.width).map(mean));
                }
            }
            first += length;
        }
        out
    }

    fn segments(texts: &[usize]) -> Vec<u32> {
        let mut first = 0;
        let mut pairs = Vec::new();
        for &length in texts {
            pairs.extend([first, first + length as u32].repeat(length));
            first += length as u32;
        }
        pairs
    }

    const TEXTS: [(&[usize], usize, usize); 6] =
        [(&[1], 1, 4), (&[3, 1, 7], 3, 8), (&[67], 2, 12), (&[9, 33, 2], 1, 64), (&[5; 11], 5, 20), (&[2, 150], 2, 8)];

    #[test]
    fn tokens_see_their_own_text_only() {
        for device in devices() {
            for (texts, heads, width) in TEXTS {
                for window in [None, Some(0), Some(1), Some(4), Some(32), Some(1000)] {
                    let a = Attention { heads, kv_heads: heads, width, scale: 0.3, window, cap: None };
                    let (tokens, stride) = (texts.iter().sum::<usize>(), heads * width);
                    let [q, k, v] = [1, 2, 3].map(|seed| wave(tokens * stride, seed));
                    let want = attention([&wide(&q), &wide(&k), &wide(&v)], texts, a, |_, _, _| 0.0);
                    let qkv = [&q, &k, &v].map(|x| matrix(x, stride, &device));
                    let got = attend_segments(qkv, integers(&segments(texts), &device), None, a);
                    compare(&format!("attend_segments {texts:?} {a:?} on {}", device.name()), got, &want);
                }
            }
        }
    }

    #[test]
    fn numbers_of_distances_add_to_scores() {
        for device in devices() {
            for (texts, heads, width) in TEXTS {
                for window in [None, Some(3)] {
                    let a = Attention { heads, kv_heads: heads, width, scale: 0.3, window, cap: None };
                    let (tokens, stride) = (texts.iter().sum::<usize>(), heads * width);
                    let longest = *texts.iter().max().unwrap() as i32;
                    // Keys behind the query have other rows than those before it, in no order.
                    let row =
                        |distance: i32| if distance < 0 { 7 - distance.abs().min(5) } else { 8 + distance.min(9) };
                    let rows: Vec<u32> = (1 - longest..longest).map(|distance| row(distance) as u32).collect();
                    let [q, k, v] = [1, 2, 3].map(|seed| wave(tokens * stride, seed));
                    let numbers = wave(18 * heads, 4);
                    let added = |head: usize, query: usize, key: usize| {
                        let at = row(query as i32 - key as i32) as usize;
                        f64::from(numbers[at * heads + head]) / f64::from(a.scale)
                    };
                    let want = attention([&wide(&q), &wide(&k), &wide(&v)], texts, a, added);
                    let table = matrix(&numbers, heads, &device);
                    let distances = Distances { table, rows: integers(&rows, &device), biased: true };
                    let qkv = [&q, &k, &v].map(|x| matrix(x, stride, &device));
                    let got = attend_segments(qkv, integers(&segments(texts), &device), Some(distances), a);
                    compare(&format!("attend_biased {texts:?} {a:?} on {}", device.name()), got, &want);
                }
            }
        }
    }

    #[test]
    fn distances_add_to_scores() {
        for device in devices() {
            for (texts, heads, width) in TEXTS {
                let a = Attention { heads, kv_heads: heads, width, scale: 0.3, window: None, cap: None };
                let (tokens, stride) = (texts.iter().sum::<usize>(), heads * width);
                let longest = *texts.iter().max().unwrap() as i32;
                // Rows rise with the distance; far ones share them, and the first is not the table's first.
                let row = |distance: i32| (distance / 2 + distance.clamp(-3, 3) + longest + 4) as usize;
                let rows: Vec<u32> = (1 - longest..longest).map(|distance| row(distance) as u32).collect();
                let table = row(longest) + 1;
                let [q, k, v] = [1, 2, 3].map(|seed| wave(tokens * stride, seed));
                let [pk, pq] = [4, 5].map(|seed| wave(table * stride, seed));
                let added = |head: usize, query: usize, key: usize| {
                    let at = row(query as i32 - key as i32) * stride;
                    (head * width..(head + 1) * width)
                        .map(|c| {
                            f64::from(q[query * stride + c]) * f64::from(pk[at + c])
                                + f64::from(k[key * stride + c]) * f64::from(pq[at + c])
                        })
                        .sum::<f64>()
                };
                let want = attention([&wide(&q), &wide(&k), &wide(&v)], texts, a, added);
                let tensor = |x: &[f32]| matrix(x, stride, &device);
                let table = tensor(&[pk, pq].concat());
                let distances = Distances { table, rows: integers(&rows, &device), biased: false };
                let qkv = [&q, &k, &v].map(|x| tensor(x));
                let got = attend_segments(qkv, integers(&segments(texts), &device), Some(distances), a);
                compare(&format!("attend_disentangled {texts:?} {a:?} on {}", device.name()), got, &want);
            }
        }
    }
}
