//! Launchers of the kernels that read packed weights.

use super::Layout;
use super::arrange::{Block, copy};
use super::launch::{Shader, WORKGROUP, contiguous, empty, file, groups, is_software, launch, shader, spread};
use super::pack::{OCTET, octets, parts};
use crate::weights::format::Format;
use burn::backend::TensorMetadata;
use burn::backend::wgpu::CubeTensor;
use burn::tensor::Shape;

/// Most tokens for which lanes share a row instead of a tile.
const FEW: usize = 16;
/// Lanes that a transposed product should have at least, by kind of adapter: software has few threads.
const LANES: usize = 1 << 15;
const LANES_SOFTWARE: usize = 1 << 10;

/// Appends how octets of `format` are read.
fn packed(shader: Shader, format: Format) -> Shader {
    let bits4 = file!("packed/bits4");
    let bits5 = file!("packed/bits5");
    let scale = file!("packed/scale");
    let scale_minimum = file!("packed/scale_minimum");
    let scale_super = file!("packed/scale_super");
    let float = file!("packed/float");
    let (files, zero): (&[&'static str], _) = match format {
        Format::F32 => (&[file!("packed/float32"), float], "0.0"),
        Format::F16 => (&[file!("packed/float16"), float], "0.0"),
        Format::BF16 => (&[file!("packed/bfloat16"), float], "0.0"),
        Format::Q4_0 => (&[bits4, scale], "8.0"),
        Format::Q4_1 => (&[bits4, scale_minimum], "0.0"),
        Format::Q5_0 => (&[bits5, scale], "16.0"),
        Format::Q5_1 => (&[bits5, scale_minimum], "0.0"),
        Format::Q8_0 => (&[file!("packed/bits8"), scale], "0.0"),
        Format::Q4K => (&[bits4, scale_super], "0.0"),
        Format::Q5K => (&[bits5, scale_super], "0.0"),
        Format::Q6K => (&[file!("packed/bits6"), file!("packed/scale_super16")], "32.0"),
    };
    shader.with(&[file!("packed/common")]).with(files).set("zero", zero).set("format", format.name())
}

/// Tokens, rows, octets of a row, first word of the high bits, first word of the scales.
fn info(tokens: usize, layout: Layout) -> [u32; 5] {
    let at = parts(layout.format, layout.rows, layout.cols);
    [tokens, layout.rows, octets(layout.cols), at.high, at.scale].map(|n| n as u32)
}

/// Columns padded with zeros to whole octets.
fn padded(x: CubeTensor) -> CubeTensor {
    let (tokens, cols) = (x.shape()[0], x.shape()[1]);
    let (x, wide) = (contiguous(x), octets(cols) * OCTET);
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

/// x `[tokens, cols]` · wᵀ → `[tokens, rows]`.
pub fn linear(x: CubeTensor, w: &CubeTensor, layout: Layout) -> CubeTensor {
    let x = padded(x);
    let (tokens, rows) = (x.shape()[0], layout.rows);
    let y = empty(&x, [tokens, rows]);
    let (shader, row_groups, tile) = if is_software() && tokens == 1 && octets(layout.cols).is_multiple_of(4) {
        let minimum = matches!(layout.format, Format::Q4_1 | Format::Q5_1 | Format::Q4K | Format::Q5K);
        let shader = shader!("linear_one").set("minimum", minimum).set("split", layout.format == Format::Q6K);
        (shader, groups(rows), 1)
    } else if is_software() {
        let tile = tile(tokens, 8);
        (shader!("linear_lane").set("tokens", tile), groups(rows), tile)
    } else if tokens <= FEW {
        let tile = tile(tokens, 8);
        (shader!("linear_shared").set("tokens", tile).joining(tile), rows.div_ceil(4), tile)
    } else {
        (shader!("linear_tiled"), rows.div_ceil(64), 32)
    };
    let [gx, gy] = spread(row_groups);
    launch(packed(shader, layout.format), &[&x, w, &y], &info(tokens, layout), [gx, gy, tokens.div_ceil(tile)]);
    y
}

/// dy `[tokens, rows]` · w → `[tokens, cols]`.
pub fn linear_transposed(dy: CubeTensor, w: &CubeTensor, layout: Layout) -> CubeTensor {
    let dy = contiguous(dy);
    let (tokens, octets) = (dy.shape()[0], octets(layout.cols));
    let tile = tile(tokens, 4);
    let grid = [groups(octets), tokens.div_ceil(tile)];
    let lanes = grid[0] * WORKGROUP * grid[1];
    let wanted = if is_software() { LANES_SOFTWARE } else { LANES };
    let slices = wanted.div_ceil(lanes).min(layout.rows.div_ceil(32));
    let slice = layout.rows.div_ceil(slices);
    let slices = layout.rows.div_ceil(slice);
    let wide = tokens * octets * OCTET;
    let parts = empty(&dy, [slices, wide]);
    let [tokens_u, rows, octets_u, high, scale] = info(tokens, layout);
    let shader = packed(shader!("linear_transposed").set("tokens", tile), layout.format);
    let info = [tokens_u, rows, octets_u, high, scale, slice as u32];
    launch(shader, &[&dy, w, &parts], &info, [grid[0], grid[1], slices]);
    let shape = Shape::from([tokens, octets * OCTET]);
    if slices == 1 {
        let dx = CubeTensor::new_contiguous(parts.client, parts.device, shape, parts.handle, parts.dtype);
        return trimmed(dx, layout.cols);
    }
    let dx = empty(&dy, shape);
    let [gx, gy] = spread(groups(wide));
    launch(shader!("sum"), &[&parts, &dx], &[wide, slices].map(|n| n as u32), [gx, gy, 1]);
    trimmed(dx, layout.cols)
}

/// Rows `ids` `[tokens]` (32-bit) of a table that begins with row `first` → `[tokens, cols]`.
pub fn rows(ids: &CubeTensor, w: &CubeTensor, layout: Layout, first: usize) -> CubeTensor {
    let (tokens, octets) = (ids.shape()[0], octets(layout.cols));
    let y = empty(ids, [tokens, octets * OCTET]);
    let shader = packed(shader!("rows"), layout.format);
    let [tokens_u, rows, octets_u, high, scale] = info(tokens, layout);
    let info = [tokens_u, rows, octets_u, high, scale, first as u32];
    launch(shader, &[ids, w, &y], &info, [groups(octets), tokens, 1]);
    trimmed(y, layout.cols)
}
