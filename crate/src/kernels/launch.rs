//! [`Kernels`] on WebGPU: one typed launcher per file in `shaders/`.

use super::{Kernels, Layout};
use burn::backend::TensorMetadata;
use burn::backend::ops::{FloatTensorOps, IntTensorOps};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::wgpu::{CubeBackend, CubeTensor, KernelSource, SourceKernel, SourceTemplate, into_contiguous};
use burn::cubecl::{CubeCount, CubeDim, prelude::KernelId, server::KernelArguments};
use burn::tensor::{DType, IntDType, Shape};

/// Lanes of a workgroup; 256 is the most that every WebGPU device allows.
const WORKGROUP: u32 = 64;
/// Weight rows that one workgroup of the transposed product adds up.
const SLICE: usize = 4096;

/// A shader file with its workgroup size filled in.
#[derive(Debug)]
struct Shader {
    name: &'static str,
    source: &'static str,
}

macro_rules! shader {
    ($name:literal) => {
        Shader {
            name: $name,
            source: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../shaders/", $name, ".wgsl")),
        }
    };
}

impl KernelSource for Shader {
    fn source(&self) -> SourceTemplate {
        SourceTemplate::new(self.source).register("workgroup", WORKGROUP.to_string())
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Self>().info(self.name)
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}

/// Runs `shader` on `inputs`, a fresh output of `shape` and the numbers in `info`, in that order of bindings.
fn launch(
    shader: Shader,
    inputs: &[&CubeTensor],
    shape: impl Into<Shape>,
    info: &[usize],
    groups: [usize; 3],
) -> FloatTensor<CubeBackend> {
    let (client, device) = (inputs[0].client.clone(), inputs[0].device.clone());
    let shape = shape.into();
    let buffer = client.empty(shape.num_elements() * size_of::<f32>());
    let out = CubeTensor::new_contiguous(client.clone(), device, shape, buffer, DType::F32);
    let info: Vec<u32> = info.iter().map(|&n| n as u32).collect();
    let mut buffers: Vec<_> = inputs.iter().map(|t| t.handle.clone().binding()).collect();
    buffers.push(out.handle.clone().binding());
    buffers.push(client.create_from_slice(bytemuck::cast_slice(&info)).binding());
    client.launch(
        Box::new(SourceKernel::new(shader, CubeDim::new_1d(WORKGROUP))),
        CubeCount::Static(groups[0] as u32, groups[1] as u32, groups[2] as u32),
        KernelArguments::new().with_buffers(buffers),
    );
    out
}

/// Workgroups that cover `n` lanes.
fn groups(n: usize) -> usize {
    n.div_ceil(WORKGROUP as usize)
}

impl Kernels for CubeBackend {
    fn linear(x: FloatTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self> {
        let x = into_contiguous(x);
        let Layout { rows, cols, .. } = layout;
        let tokens = x.shape()[0];
        let grid = [groups(rows), tokens.div_ceil(4), 1];
        launch(shader!("linear_f32"), &[&x, &w], [tokens, rows], &[tokens, rows, cols], grid)
    }

    fn linear_transposed(dy: FloatTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self> {
        let dy = into_contiguous(dy);
        let Layout { rows, cols, .. } = layout;
        let tokens = dy.shape()[0];
        let slices = rows.div_ceil(SLICE);
        let grid = [groups(cols), tokens.div_ceil(4), slices];
        let info = [tokens, rows, cols, SLICE];
        let dx = launch(shader!("linear_transposed_f32"), &[&dy, &w], [slices, tokens, cols], &info, grid);
        let dx = if slices > 1 { Self::float_sum_dim(dx, 0) } else { dx };
        Self::float_reshape(dx, Shape::from([tokens, cols]))
    }

    fn rows(ids: IntTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self> {
        let ids = into_contiguous(Self::int_cast(ids, IntDType::U32));
        let (tokens, cols) = (ids.shape()[0], layout.cols);
        launch(shader!("rows_f32"), &[&ids, &w], [tokens, cols], &[tokens, cols], [groups(cols), tokens, 1])
    }

    fn gradient_norm(g: FloatTensor<Self>) -> FloatTensor<Self> {
        let g = into_contiguous(g);
        let (rows, cols) = (g.shape()[0], g.shape()[1]);
        launch(shader!("gradient_norm"), &[&g], [rows], &[rows, cols], [rows, 1, 1])
    }

    fn head_gradient_norm(a: FloatTensor<Self>, h: FloatTensor<Self>) -> FloatTensor<Self> {
        let (a, h) = (into_contiguous(a), into_contiguous(h));
        let (tokens, vocab, cols) = (a.shape()[0], a.shape()[1], h.shape()[1]);
        launch(shader!("head_gradient_norm"), &[&a, &h], [vocab], &[tokens, vocab, cols], [groups(vocab), 1, 1])
    }
}
