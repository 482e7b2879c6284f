//! [`Kernels`] on the CPU device: hands the tensors' memory to the loops in [`super::cpu`].

use super::{Attention, Kernels, Layout, cpu, twins};
use crate::weights::config::Activation;
use burn::backend::Flex;
use burn::backend::ops::{FloatTensorOps, IntTensorOps};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::tensor::{DType, TensorData};

/// The device argument of Burn's constructors; the CPU device has no state.
pub(super) fn from_vec(values: Vec<f32>, shape: impl Into<burn::tensor::Shape>) -> FloatTensor<Flex> {
    Flex::float_from_data(TensorData::new(values, shape.into()), &Default::default())
}

/// The elements in row-major order.
pub(super) fn contiguous(x: FloatTensor<Flex>) -> FloatTensor<Flex> {
    if x.is_contiguous() { x } else { x.to_contiguous() }
}

/// Elements of a contiguous tensor, which may be a view of some rows of a longer buffer.
pub(super) fn values(x: &FloatTensor<Flex>) -> &[f32] {
    &x.storage::<f32>()[x.layout().start_offset()..][..x.layout().num_elements()]
}

/// Ids as 32-bit integers in order.
pub(super) fn words(ids: IntTensor<Flex>) -> IntTensor<Flex> {
    debug_assert_eq!(ids.dtype(), DType::U32);
    ids.to_contiguous()
}

/// Elements of what [`words`] made.
pub(super) fn ids(words: &IntTensor<Flex>) -> &[u32] {
    &words.storage::<u32>()[..words.layout().num_elements()]
}

impl Kernels for Flex {
    fn linear(x: FloatTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self> {
        let x = contiguous(x);
        let y = cpu::linear(values(&x), w.bytes(), layout.format, layout.rows, layout.cols);
        let tokens = y.len() / layout.rows;
        from_vec(y, [tokens, layout.rows])
    }

    fn linear_transposed(dy: FloatTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self> {
        let dy = contiguous(dy);
        let dx = cpu::linear_transposed(values(&dy), w.bytes(), layout.format, layout.rows, layout.cols);
        let tokens = dx.len() / layout.cols;
        from_vec(dx, [tokens, layout.cols])
    }

    fn rows(ids: IntTensor<Self>, w: IntTensor<Self>, layout: Layout, first: usize) -> FloatTensor<Self> {
        let words = words(ids);
        let ids = self::ids(&words);
        from_vec(cpu::rows(ids, w.bytes(), layout, first), [ids.len(), layout.cols])
    }

    fn gradient_norm(g: FloatTensor<Self>) -> FloatTensor<Self> {
        let g = contiguous(g);
        let norms = cpu::gradient_norm(values(&g), g.layout().shape()[1]);
        let rows = norms.len();
        from_vec(norms, [rows])
    }

    fn head_gradient_norm(a: FloatTensor<Self>, h: FloatTensor<Self>) -> FloatTensor<Self> {
        let (a, h) = (contiguous(a), contiguous(h));
        let (vocab, cols) = (a.layout().shape()[1], h.layout().shape()[1]);
        from_vec(cpu::head_gradient_norm(values(&a), values(&h), vocab, cols), [vocab])
    }

    fn rms_norm(x: FloatTensor<Self>, weight: FloatTensor<Self>, eps: f32) -> FloatTensor<Self> {
        let (x, weight) = (contiguous(x), contiguous(weight));
        from_vec(twins::rms_norm(values(&x), values(&weight), eps), x.layout().shape().clone())
    }

    fn rms_norm_residual(
        x: FloatTensor<Self>,
        delta: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        eps: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (x, delta, weight) = (contiguous(x), contiguous(delta), contiguous(weight));
        let (sum, y) = twins::rms_norm_residual(values(&x), values(&delta), values(&weight), eps);
        (from_vec(sum, x.layout().shape().clone()), from_vec(y, x.layout().shape().clone()))
    }

    fn rms_norm_backward(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        dy: FloatTensor<Self>,
        eps: f32,
    ) -> FloatTensor<Self> {
        let (x, weight, dy) = (contiguous(x), contiguous(weight), contiguous(dy));
        let dx = twins::rms_norm_backward(values(&x), values(&weight), values(&dy), eps);
        from_vec(dx, x.layout().shape().clone())
    }

    fn rope(x: FloatTensor<Self>, table: FloatTensor<Self>, sign: f32) -> FloatTensor<Self> {
        let (x, table) = (contiguous(x), contiguous(table));
        let half = table.layout().shape()[1] / 2;
        from_vec(twins::rope(values(&x), values(&table), half, sign), x.layout().shape().clone())
    }

    fn append(
        past_k: FloatTensor<Self>,
        past_v: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        table: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let [past_k, past_v, k, v, table] = [past_k, past_v, k, v, table].map(contiguous);
        let (half, width) = (table.layout().shape()[1] / 2, k.layout().shape()[1]);
        let past = (values(&past_k), values(&past_v));
        let (k, v) = twins::append(past, values(&k), values(&v), values(&table), half);
        let shape = [k.len() / width, width];
        (from_vec(k, shape), from_vec(v, shape))
    }

    fn glu(gate: FloatTensor<Self>, up: FloatTensor<Self>, kind: Activation) -> FloatTensor<Self> {
        let (gate, up) = (contiguous(gate), contiguous(up));
        from_vec(twins::glu(values(&gate), values(&up), kind), gate.layout().shape().clone())
    }

    fn glu_backward(
        gate: FloatTensor<Self>,
        up: FloatTensor<Self>,
        d: FloatTensor<Self>,
        kind: Activation,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (gate, up, d) = (contiguous(gate), contiguous(up), contiguous(d));
        let (d_gate, d_up) = twins::glu_backward(values(&gate), values(&up), values(&d), kind);
        (from_vec(d_gate, gate.layout().shape().clone()), from_vec(d_up, gate.layout().shape().clone()))
    }

    fn attend(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        a: Attention,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (q, k, v) = (contiguous(q), contiguous(k), contiguous(v));
        let (out, log_sum) = twins::attend(values(&q), values(&k), values(&v), a);
        (from_vec(out, q.layout().shape().clone()), from_vec(log_sum, [q.layout().shape()[0], a.heads]))
    }

    fn attend_backward(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        out: FloatTensor<Self>,
        log_sum: FloatTensor<Self>,
        d_out: FloatTensor<Self>,
        a: Attention,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let [q, k, v, out, log_sum, d_out] = [q, k, v, out, log_sum, d_out].map(contiguous);
        let attended = twins::Attended {
            q: values(&q),
            k: values(&k),
            v: values(&v),
            out: values(&out),
            log_sum: values(&log_sum),
        };
        let (d_q, d_kv) = twins::attend_backward(&attended, values(&d_out), a);
        let shape = q.layout().shape().clone();
        let own = [2 * shape[0], a.kv_heads * a.width];
        (from_vec(d_q, shape), from_vec(d_kv, own))
    }

    fn token_statistics(logits: FloatTensor<Self>, ids: IntTensor<Self>) -> (FloatTensor<Self>, IntTensor<Self>) {
        let (logits, words) = (contiguous(logits), words(ids));
        let ids = self::ids(&words);
        let rows = twins::token_statistics(values(&logits), ids);
        let best: Vec<u32> = rows.as_chunks::<6>().0.iter().map(|row| row[0] as u32).collect();
        let best = Flex::int_from_data(TensorData::new(best, [ids.len()]), &Default::default());
        (from_vec(rows, [ids.len(), 6]), best)
    }

    fn logit_gradient(logits: FloatTensor<Self>, at: FloatTensor<Self>) -> FloatTensor<Self> {
        let (logits, at) = (contiguous(logits), contiguous(at));
        from_vec(twins::logit_gradient(values(&logits), values(&at)), logits.layout().shape().clone())
    }

    fn layer_norm(
        x: FloatTensor<Self>,
        delta: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        eps: f32,
    ) -> FloatTensor<Self> {
        let [x, delta, parameters] = [x, delta, parameters].map(contiguous);
        let y = cpu::layer_norm(values(&x), values(&delta), values(&parameters), eps);
        from_vec(y, x.layout().shape().clone())
    }

    fn gelu(x: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self> {
        let (x, bias) = (contiguous(x), contiguous(bias));
        from_vec(cpu::gelu(values(&x), values(&bias)), x.layout().shape().clone())
    }

    fn attend_segments(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        segments: IntTensor<Self>,
        a: Attention,
    ) -> FloatTensor<Self> {
        let ([q, k, v], segments) = ([q, k, v].map(contiguous), words(segments));
        let out = cpu::attend_segments((values(&q), values(&k), values(&v)), ids(&segments), None, a);
        from_vec(out, q.layout().shape().clone())
    }

    fn attend_disentangled(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        segments: IntTensor<Self>,
        positions: FloatTensor<Self>,
        rows: IntTensor<Self>,
        a: Attention,
    ) -> FloatTensor<Self> {
        let [q, k, v, positions] = [q, k, v, positions].map(contiguous);
        let (segments, rows) = (words(segments), words(rows));
        let (keys, queries) = values(&positions).split_at(positions.layout().num_elements() / 2);
        let positions = cpu::Positions { k: keys, q: queries, rows: ids(&rows) };
        let out = cpu::attend_segments((values(&q), values(&k), values(&v)), ids(&segments), Some(positions), a);
        from_vec(out, q.layout().shape().clone())
    }
}
