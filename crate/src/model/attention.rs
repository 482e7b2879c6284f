//! Grouped-query attention of a run of new positions over all cached ones, and its gradient.
//!
//! Query heads that share a key head are stacked into one matrix, so that each key head is one batched product.

use burn::tensor::{Device, Tensor, TensorData, activation::softmax};

/// Added to the score of a key that may not be seen; finite, because `∞ − ∞` is NaN.
const HIDDEN: f32 = -1e30;

/// Keys and values of one layer, positions `0..keys`.
#[derive(Clone, Debug)]
pub struct KeyValue {
    /// `[kv_heads, keys, head_dim]`, rotated.
    pub k: Tensor<3>,
    /// `[kv_heads, keys, head_dim]`.
    pub v: Tensor<3>,
}

impl KeyValue {
    /// The first `keys` positions; `None` when that is none.
    pub fn truncate(&self, keys: usize) -> Option<Self> {
        let cut = |t: &Tensor<3>| t.clone().narrow(1, 0, keys);
        (keys > 0).then(|| Self { k: cut(&self.k), v: cut(&self.v) })
    }

    /// New positions behind the old ones.
    pub fn append(past: Option<&Self>, new: Self) -> Self {
        match past {
            None => new,
            Some(past) => {
                Self { k: Tensor::cat(vec![past.k.clone(), new.k], 1), v: Tensor::cat(vec![past.v.clone(), new.v], 1) }
            }
        }
    }
}

/// Gradients with respect to the inputs of [`attend`] that belong to the new positions.
pub struct AttentionGradient {
    /// `[heads, tokens, head_dim]`.
    pub q: Tensor<3>,
    /// `[kv_heads, tokens, head_dim]`.
    pub k: Tensor<3>,
    /// `[kv_heads, tokens, head_dim]`.
    pub v: Tensor<3>,
}

/// Additive mask `[1, tokens, keys]` for queries at `start..start + tokens`; `None` when every key is visible.
pub fn mask(start: usize, tokens: usize, window: Option<usize>, device: &Device) -> Option<Tensor<3>> {
    let keys = start + tokens;
    let hidden = |q: usize, k: usize| k > q || window.is_some_and(|w| k + w <= q);
    if tokens == 1 && !hidden(start, 0) {
        return None;
    }
    let values: Vec<f32> =
        (start..keys).flat_map(|q| (0..keys).map(move |k| if hidden(q, k) { HIDDEN } else { 0.0 })).collect();
    Some(Tensor::from_data(TensorData::new(values, [1, tokens, keys]), device))
}

/// q `[heads, tokens, head_dim]` (rotated) over `kv` → `[heads, tokens, head_dim]`.
pub fn attend(q: Tensor<3>, kv: &KeyValue, mask: Option<&Tensor<3>>, scale: f64) -> Tensor<3> {
    let shape = q.dims();
    let weights = weights(q, kv, mask, scale);
    weights.matmul(kv.v.clone()).reshape(shape)
}

/// Gradient of [`attend`] for the gradient `d_out` `[heads, tokens, head_dim]` of its result. The attention weights are
/// computed again: keeping them would cost heads × tokens × keys per layer.
pub fn attend_backward(
    q: Tensor<3>,
    kv: &KeyValue,
    mask: Option<&Tensor<3>>,
    scale: f64,
    d_out: Tensor<3>,
) -> AttentionGradient {
    let [heads, tokens, head_dim] = q.dims();
    let [kv_heads, keys, _] = kv.k.dims();
    let stacked = [kv_heads, heads / kv_heads * tokens, head_dim];
    let p = weights(q.clone(), kv, mask, scale); // [kv_heads, group · tokens, keys]
    let d_out = d_out.reshape(stacked);
    let own = |t: &Tensor<3>| t.clone().narrow(2, keys - tokens, tokens).swap_dims(1, 2);
    let v = own(&p).matmul(d_out.clone());
    let d_p = d_out.matmul(kv.v.clone().swap_dims(1, 2));
    let inner = (d_p.clone() * p.clone()).sum_dim(2);
    let d_s = p * (d_p - inner) * scale;
    let k = own(&d_s).matmul(q.reshape(stacked));
    let q = d_s.matmul(kv.k.clone()).reshape([heads, tokens, head_dim]);
    AttentionGradient { q, k, v }
}

/// Softmax of the scaled scores, query heads of a group stacked: `[kv_heads, group · tokens, keys]`.
fn weights(q: Tensor<3>, kv: &KeyValue, mask: Option<&Tensor<3>>, scale: f64) -> Tensor<3> {
    let [heads, tokens, head_dim] = q.dims();
    let [kv_heads, keys, _] = kv.k.dims();
    let stacked = [kv_heads, heads / kv_heads * tokens, head_dim];
    let scores = (q * scale).reshape(stacked).matmul(kv.k.clone().swap_dims(1, 2));
    let scores = match mask {
        Some(mask) => (scores.reshape([heads, tokens, keys]) + mask.clone()).reshape([stacked[0], stacked[1], keys]),
        None => scores,
    };
    softmax(scores, 2)
}
