//! Products with packed weights, and rows of them.

use super::check::{COLS, Checks, ROWS, TOKENS};
use super::copy::{Block, copy};
use super::launch::{Shader, WORKGROUP, empty, file, groups, is_software, launch, shader, spread};
use super::on::{On, from_cpu, from_gpu, ids, on, values};
use burn::backend::TensorMetadata;
use burn::backend::wgpu::CubeTensor;
use burn::tensor::{Int, Shape, Tensor};
use semgrad_kernels as cpu;
use semgrad_kernels::Layout;
use semgrad_kernels::formats::Format;
use semgrad_kernels::pack::{OCTET, octets, parts};
use semgrad_kernels::samples::{blocks, wave};

/// Most tokens for which lanes share a row instead of a tile.
const FEW: usize = 16;
/// Lanes that a transposed product should have at least, by kind of adapter: software has few threads.
const LANES: usize = 1 << 15;
const LANES_SOFTWARE: usize = 1 << 10;

/// Appends how octets of `format` are read.
fn packed(shader: Shader, format: Format) -> Shader {
    let about = format.description();
    let shader = shader.with(&[file!("packed/common")]).with(about.shader);
    let shader = match about.levels {
        Some(levels) => shader.set("levels", words(levels)),
        None => shader,
    };
    let shader = shader.set("octets", (about.group / OCTET).max(1));
    shader.set("zero", format!("{:?}", about.zero)).set("format", about.name)
}

/// Levels as the words of a vector.
fn words(levels: &[i8; 16]) -> String {
    let word = |four: &[i8; 4]| u32::from_le_bytes(four.map(|level| level as u8)).to_string() + "u";
    levels.as_chunks().0.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// Tokens, rows, octets of a row, first word of the high bits, first word of the scales.
fn info(tokens: usize, layout: Layout) -> [u32; 5] {
    let at = parts(layout.format, layout.rows, layout.cols);
    [tokens, layout.rows, octets(layout.cols), at.high, at.scale].map(|n| n as u32)
}

/// Columns padded with zeros to whole octets.
fn padded(x: CubeTensor) -> CubeTensor {
    let (tokens, cols) = (x.shape()[0], x.shape()[1]);
    let wide = octets(cols) * OCTET;
    if cols == wide {
        return x;
    }
    let y = empty(&x, [tokens, wide]);
    copy((&x, Block { stride: cols, first: 0 }), (&y, Block { stride: wide, first: 0 }), tokens, wide, cols);
    y
}

/// Without the columns that [`padded`] adds.
fn trimmed(x: CubeTensor, cols: usize) -> CubeTensor {
    if x.shape()[1] == cols {
        return x;
    }
    let (tokens, wide) = (x.shape()[0], x.shape()[1]);
    let y = empty(&x, [tokens, cols]);
    copy((&x, Block { stride: wide, first: 0 }), (&y, Block { stride: cols, first: 0 }), tokens, cols, cols);
    y
}

/// The smallest tile that holds all tokens, at most `most`.
fn tile(tokens: usize, most: usize) -> usize {
    tokens.next_power_of_two().min(most)
}

/// `x · wᵀ`: x `[tokens, cols]` → `[tokens, rows]`.
pub fn linear(x: Tensor<2>, w: Tensor<1, Int>, layout: Layout) -> Tensor<2> {
    let (tokens, rows) = (x.dims()[0], layout.rows);
    match on([x.into_dispatch(), w.into_dispatch()]) {
        On::Gpu([x, w]) => {
            let x = padded(x);
            let y = empty(&x, [tokens, rows]);
            let about = layout.format.description();
            let (shader, row_groups, tile) = if is_software() && tokens == 1 && octets(layout.cols).is_multiple_of(4) {
                let shader = shader!("linear_one").set("minimum", about.minimum).set("split", about.group == 16);
                (shader, groups(rows), 1)
            } else if is_software() {
                let tile = tile(tokens, 8);
                (shader!("linear_lane").set("tokens", tile), groups(rows.div_ceil(4)), tile)
            } else if tokens <= FEW {
                let tile = tile(tokens, 8);
                (shader!("linear_shared").set("tokens", tile).joining(tile), rows.div_ceil(4), tile)
            } else {
                (shader!("linear_tiled"), rows.div_ceil(64), 32)
            };
            let [gx, gy] = spread(row_groups);
            let grid = [gx, gy, tokens.div_ceil(tile)];
            launch(packed(shader, layout.format), &[&x, &w, &y], &info(tokens, layout), grid);
            from_gpu(y)
        }
        On::Cpu([x, w]) => {
            let y = cpu::linear(values(&x), w.bytes(), layout.format, rows, layout.cols);
            from_cpu(y, [tokens, rows])
        }
    }
}

/// `dy · w`, the gradient of [`linear`] with respect to its input: dy `[tokens, rows]` → `[tokens, cols]`.
pub fn linear_transposed(dy: Tensor<2>, w: Tensor<1, Int>, layout: Layout) -> Tensor<2> {
    let tokens = dy.dims()[0];
    match on([dy.into_dispatch(), w.into_dispatch()]) {
        On::Gpu([dy, w]) => from_gpu(trimmed(launch_transposed(&dy, &w, tokens, layout), layout.cols)),
        On::Cpu([dy, w]) => {
            let dx = cpu::linear_transposed(values(&dy), w.bytes(), layout.format, layout.rows, layout.cols);
            from_cpu(dx, [tokens, layout.cols])
        }
    }
}

/// `[tokens, octets · 8]`.
fn launch_transposed(dy: &CubeTensor, w: &CubeTensor, tokens: usize, layout: Layout) -> CubeTensor {
    let octets = octets(layout.cols);
    let tile = tile(tokens, 4);
    let grid = [groups(octets), tokens.div_ceil(tile)];
    let lanes = grid[0] * WORKGROUP * grid[1];
    let wanted = if is_software() { LANES_SOFTWARE } else { LANES };
    let slices = wanted.div_ceil(lanes).min(layout.rows.div_ceil(32));
    let slice = layout.rows.div_ceil(slices);
    let slices = layout.rows.div_ceil(slice);
    let wide = tokens * octets * OCTET;
    let parts = empty(dy, [slices, wide]);
    let [tokens_u, rows, octets_u, high, scale] = info(tokens, layout);
    let shader = packed(shader!("linear_transposed").set("tokens", tile), layout.format);
    let info = [tokens_u, rows, octets_u, high, scale, slice as u32];
    launch(shader, &[dy, w, &parts], &info, [grid[0], grid[1], slices]);
    let shape = Shape::from([tokens, octets * OCTET]);
    if slices == 1 {
        return CubeTensor::new_contiguous(parts.client, parts.device, shape, parts.handle, parts.dtype);
    }
    let dx = empty(dy, shape);
    let [gx, gy] = spread(groups(wide));
    launch(shader!("linear_transposed_sum"), &[&parts, &dx], &[wide, slices].map(|n| n as u32), [gx, gy, 1]);
    dx
}

/// Look-up in a table that begins with the row of the id `first`: ids `[tokens]` → `[tokens, cols]`, zeros for ids that are
/// not in it.
pub fn rows(tokens: Tensor<1, Int>, w: Tensor<1, Int>, layout: Layout, first: usize) -> Tensor<2> {
    let [count] = tokens.dims();
    match on([tokens.into_dispatch(), w.into_dispatch()]) {
        On::Gpu([tokens, w]) => {
            let octets = octets(layout.cols);
            let y = empty(&tokens, [count, octets * OCTET]);
            let [count_u, rows, octets_u, high, scale] = info(count, layout);
            let info = [count_u, rows, octets_u, high, scale, first as u32];
            let shader = packed(shader!("rows"), layout.format);
            launch(shader, &[&tokens, &w, &y], &info, [groups(octets), count, 1]);
            from_gpu(trimmed(y, layout.cols))
        }
        On::Cpu([tokens, w]) => from_cpu(cpu::rows(ids(&tokens), w.bytes(), layout, first), [count, layout.cols]),
    }
}

/// For the self-test: products with one, a few and many tokens, their transpose, and rows in every way to read weights.
pub(super) fn check(checks: &mut Checks<'_>) {
    check_products(checks, Layout { format: Format::F32, rows: ROWS, cols: COLS }, &[1, TOKENS, 8 * TOKENS]);
    for format in representatives() {
        let layout = Layout { format, rows: 3, cols: 256 };
        let data = blocks(format, layout.rows, layout.cols);
        let got = rows(checks.integers(&[2, 0]), checks.matrix(&data, layout), layout, 0);
        checks.add(format.name(), got, cpu::rows(&[2, 0], &data, layout, 0));
    }
}

/// Products with a matrix, of so many tokens each, and their transpose.
pub(super) fn check_products(checks: &mut Checks<'_>, layout: Layout, tokens: &[usize]) {
    let Layout { format, rows, cols } = layout;
    let data = blocks(format, rows, cols);
    let weight = checks.matrix(&data, layout);
    for &tokens in tokens {
        let x = wave(tokens * cols, 2);
        let y = linear(checks.tensor(&x, [tokens, cols]), weight.clone(), layout);
        checks.add("linear", y, cpu::linear(&x, &data, format, rows, cols));
    }
    let dy = wave(TOKENS * rows, 3);
    let dx = linear_transposed(checks.tensor(&dy, [TOKENS, rows]), weight, layout);
    checks.add("linear_transposed", dx, cpu::linear_transposed(&dy, &data, format, rows, cols));
}

/// Formats that together need every file in `shaders/packed/`, the youngest first: they need more of them.
fn representatives() -> impl Iterator<Item = Format> {
    let mut seen = Vec::new();
    Format::ALL.into_iter().rev().filter(move |format| {
        let new: Vec<_> = format.description().shader.iter().filter(|file| !seen.contains(*file)).copied().collect();
        seen.extend(&new);
        !new.is_empty()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::arrange::cut_rows;
    use super::super::reading::read;
    use super::super::tests::{SIZES, compare, devices, matrix, product, with_either_kind};
    use super::{linear, linear_transposed, rows as rows_of};
    use semgrad_kernels::Layout;
    use semgrad_kernels::formats::{Format, dequantize_row};
    use semgrad_kernels::samples::{blocks, wave};

    #[test]
    fn products_and_look_ups_equal_plain_sums() {
        for device in devices() {
            with_either_kind(|| {
                for (tokens, rows, cols) in SIZES {
                    let what = |kernel: &str| format!("{kernel} {tokens}×{rows}×{cols} on {}", device.name());
                    let (x, w, dy) = (wave(tokens * cols, 1), wave(rows * cols, 2), wave(tokens * rows, 3));
                    let layout = Layout { format: Format::F32, rows, cols };
                    let weight =
                        device.matrix(Format::F32, bytemuck::cast_slice(&w).to_vec(), layout.rows, layout.cols);

                    let want = product(tokens, cols, rows, |t, c| x[t * cols + c], |c, r| w[r * cols + c]);
                    compare(&what("linear"), linear(matrix(&x, cols, &device), weight.clone(), layout), &want);

                    let want = product(tokens, rows, cols, |t, r| dy[t * rows + r], |r, c| w[r * cols + c]);
                    let got = linear_transposed(matrix(&dy, rows, &device), weight.clone(), layout);
                    compare(&what("linear_transposed"), got, &want);

                    let ids: Vec<u32> = (0..tokens).map(|t| ((t * 5 + 3) % rows) as u32).collect();
                    let want: Vec<f64> = ids
                        .iter()
                        .flat_map(|&id| w[id as usize * cols..][..cols].iter().map(|&v| f64::from(v)))
                        .collect();
                    let ids = device.ids(&ids);
                    compare(&what("rows"), rows_of(ids, weight, layout, 0), &want);
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
                        let got = pollster::block_on(read(rows_of(ids, weight.clone(), layout, 0))).unwrap();
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
            let (device, file) =
                (semgrad_kernels::pack::bytes(format, rows, cols), (rows * format.row_bytes(cols)) as u64);
            assert!(device * 100 <= file * 106, "{}: {device} bytes for {file}", format.name());
        }
    }

    #[test]
    fn few_formats_need_every_way_to_read_weights() {
        let few: Vec<_> = super::representatives().collect();
        let files = |formats: &[Format]| -> std::collections::BTreeSet<&str> {
            formats.iter().flat_map(|format| format.description().shader).copied().collect()
        };
        assert_eq!(files(&few), files(&Format::ALL));
        assert!(few.len() < Format::ALL.len(), "{few:?}");
    }
}
