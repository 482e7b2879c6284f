//! Launchers of the encoders' kernels.

use super::Attention;
use super::launch::{contiguous, empty, file, groups, launch, shader, spread};
use burn::backend::TensorMetadata;
use burn::backend::wgpu::CubeTensor;

/// See [`super::cpu::layer_norm`].
pub fn layer_norm(x: CubeTensor, delta: CubeTensor, parameters: CubeTensor, eps: f32) -> CubeTensor {
    let [x, delta, parameters] = [x, delta, parameters].map(contiguous);
    let y = empty(&x, x.shape());
    let info = [x.shape()[1] as u32, eps.to_bits()];
    launch(shader!("layer_norm").joining(1), &[&x, &delta, &parameters, &y], &info, [x.shape()[0], 1, 1]);
    y
}

/// See [`super::cpu::gelu`].
pub fn gelu(x: CubeTensor, bias: CubeTensor) -> CubeTensor {
    let (x, bias) = (contiguous(x), contiguous(bias));
    let y = empty(&x, x.shape());
    let n = x.shape().num_elements();
    let [gx, gy] = spread(groups(n));
    launch(shader!("gelu"), &[&x, &bias, &y], &[n as u32, x.shape()[1] as u32], [gx, gy, 1]);
    y
}

/// See [`super::cpu::attend_segments`]; integers are 32-bit, `distances` are their keys and queries, and the row of each.
pub fn attend_segments(
    qkv: [CubeTensor; 3],
    segments: CubeTensor,
    distances: Option<[CubeTensor; 2]>,
    a: Attention,
) -> CubeTensor {
    let [q, k, v] = qkv.map(contiguous);
    let segments = contiguous(segments);
    let distances = distances.map(|tensors| tensors.map(contiguous));
    let tokens = q.shape()[0];
    let out = empty(&q, q.shape());
    let mut buffers = vec![&q, &k, &v, &segments, &out];
    let mut info = vec![tokens as u32, a.heads as u32, a.scale.to_bits()];
    let shader = shader!("attention_segments").set("width", a.width / 4);
    let shader = match &distances {
        None => shader.with(&[file!("segments/content")]),
        Some(tensors) => {
            buffers.extend(tensors);
            let [positions, rows] = tensors;
            info.extend([rows.shape()[0] / 2, positions.shape().num_elements() / 8].map(|n| n as u32));
            shader.with(&[file!("segments/disentangled")])
        }
    };
    let shader = shader.set("shape", buffers.len());
    launch(shader, &buffers, &info, [groups(tokens * a.heads), 1, 1]);
    out
}
