//! The two matrices of each layer as they lie in a file, joined and read.

use super::data::Pair;
use super::refuse::damaged;
use crate::error::{Code, Error, Result};
use crate::weights::format::dequantize_row;
use crate::weights::tensors::{Canonical, RawTensor, Stored, Tensors};
use std::collections::BTreeMap;

/// Most values of one matrix; those of the largest models have some millions.
const MAX_VALUES: usize = 1 << 26;

/// Which of the two.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// `[rank, inputs]`.
    A,
    /// `[outputs, rank]`.
    B,
}

/// Tensors in the order of their names, so that of several faults the same one is named each time.
pub(super) fn by_name(tensors: impl IntoIterator<Item = (String, Stored)>) -> Vec<(String, Stored)> {
    let mut tensors: Vec<_> = tensors.into_iter().collect();
    tensors.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    tensors
}

/// What files hold of each layer.
#[derive(Default)]
pub(super) struct Halves {
    layers: BTreeMap<String, [Option<Stored>; 2]>,
}

impl Halves {
    /// Adds one matrix.
    pub fn add(&mut self, layer: String, side: Side, stored: Stored) -> Result<()> {
        let place = &mut self.layers.entry(layer.clone()).or_default()[side as usize];
        if place.is_some() {
            return Err(damaged(format!(
                "two tensors are {side:?} of `{layer}`: the file holds more than one adapter"
            )));
        }
        *place = Some(stored);
        Ok(())
    }

    /// Reads all of it. `scale` gives what a layer of this rank is multiplied by; `interleaved` the width of a head where
    /// the rows of a layer's B are not in the usual order.
    pub async fn read(
        self,
        scale: impl Fn(&str, usize) -> Result<f32>,
        interleaved: impl Fn(&str) -> Option<usize>,
    ) -> Result<BTreeMap<String, Pair>> {
        let mut pairs = BTreeMap::new();
        for (layer, halves) in self.layers {
            let [Some(a), Some(b)] = halves else {
                return Err(damaged(format!("`{layer}` has only one of A and B")));
            };
            let (rank, inputs, outputs) = sizes(&layer, &a.shape, &b.shape)?;
            let rows = match interleaved(&layer) {
                Some(head_dim) if outputs.is_multiple_of(head_dim) => Canonical::HeadRows { head_dim },
                Some(head_dim) => return Err(cut_head(&layer, outputs, head_dim)),
                None => Canonical::AsStored,
            };
            let scale = scale(&layer, rank)?;
            let a = matrix(format!("{layer}.lora_A"), a, Canonical::AsStored).await?;
            let b = matrix(format!("{layer}.lora_B"), b, rows).await?;
            pairs.insert(layer, Pair { rank, inputs, outputs, scale, a, b });
        }
        Ok(pairs)
    }
}

/// Rank, inputs and outputs.
fn sizes(layer: &str, a: &[usize], b: &[usize]) -> Result<(usize, usize, usize)> {
    match (a, b) {
        (&[rank, inputs], &[outputs, other]) if rank > 0 && inputs > 0 && outputs > 0 => match rank == other {
            true if rank.checked_mul(inputs.max(outputs)).is_some_and(|values| values <= MAX_VALUES) => {
                Ok((rank, inputs, outputs))
            }
            true => Err(damaged(format!("`{layer}` claims rank {rank}, {inputs} inputs and {outputs} outputs"))),
            false => Err(damaged(format!("A of `{layer}` has rank {rank}, B has rank {other}"))),
        },
        _ => Err(damaged(format!("A and B of `{layer}` have the shapes {a:?} and {b:?}"))),
    }
}

fn cut_head(layer: &str, outputs: usize, head_dim: usize) -> Error {
    Error::new(
        Code::BadInput,
        format!("the adapter's `{layer}` has {outputs} outputs, which are not whole heads of {head_dim}"),
        "Load it beside the model that it was trained from.",
    )
}

/// The values of a tensor, checked against the file and for finite numbers as those of models are.
async fn matrix(name: String, stored: Stored, rows: Canonical) -> Result<Vec<f32>> {
    let (mut one, shape) = (Tensors::default(), stored.shape.clone());
    one.add(name.clone(), shape, stored, rows)?;
    let RawTensor { shape, format, data } = one.read(&name).await?;
    let mut values = vec![0.0; shape.iter().product()]; // at most MAX_VALUES
    dequantize_row(format, &data, &mut values);
    Ok(values)
}
