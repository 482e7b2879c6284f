//! Whether an adapter makes sense, and whether it fits a model.

use super::data::{About, Adapter, Pair};
use super::refuse::{damaged, unsupported};
use crate::error::{Code, Error, Result};
use crate::weights::config::ModelConfig;
use crate::weights::layout;

impl Adapter {
    /// Checks that every layer is a linear layer of a model of this configuration and has its shape, that all numbers are
    /// finite, and that it was trained from these weights, where both hashes are known. `base` is the SHA-256 of the
    /// model's weights, in hexadecimal.
    ///
    /// # Errors
    /// `bad_input` where the adapter is another model's, `unsupported_format` where it changes something else than linear
    /// layers, `corrupt_weights` where it contradicts itself; the layer, the sizes or the model is named.
    pub fn check(&self, config: &ModelConfig, base: Option<&str>) -> Result<()> {
        if let (Some(trained), Some(here)) = (&self.about.base, base)
            && !trained.eq_ignore_ascii_case(here)
        {
            return Err(other_base(&self.about, trained, here));
        }
        self.sound()?;
        let layers = layout::linears(config);
        for (name, pair) in &self.pairs {
            match layers.get(name) {
                Some(&shape) if shape == (pair.outputs, pair.inputs) => {}
                Some(&(outputs, inputs)) => return Err(other_shape(&self.about, name, pair, [outputs, inputs])),
                None => return Err(no_layer(&self.about, name, config)),
            }
        }
        Ok(())
    }

    /// Checks that sizes and numbers agree with each other, without a model.
    pub(super) fn sound(&self) -> Result<()> {
        if self.pairs.is_empty() {
            return Err(damaged("the adapter changes no layer"));
        }
        if self.about.rank == 0 || !self.about.alpha.is_finite() {
            let About { rank, alpha, .. } = self.about;
            return Err(damaged(format!("the adapter claims rank {rank} and α {alpha}")));
        }
        self.pairs.iter().try_for_each(|(name, pair)| pair.sound(name))
    }
}

impl Pair {
    /// Whether A and B hold as many numbers as the sizes say.
    pub(super) fn is_whole(&self) -> bool {
        let Self { rank, inputs, outputs, .. } = *self;
        let whole = |rows: usize, cols: usize, held: usize| rows.checked_mul(cols) == Some(held);
        whole(rank, inputs, self.a.len()) && whole(outputs, rank, self.b.len())
    }

    fn sound(&self, name: &str) -> Result<()> {
        let Self { rank, inputs, outputs, .. } = *self;
        if rank == 0 || inputs == 0 || outputs == 0 {
            let sizes = format!("rank {rank}, {inputs} inputs and {outputs} outputs");
            return Err(damaged(format!("the change of `{name}` has {sizes}")));
        }
        if !self.is_whole() {
            return Err(damaged(format!("A or B of `{name}` has another number of values than its sizes imply")));
        }
        match [self.scale].iter().chain(&self.a).chain(&self.b).all(|x| x.is_finite()) {
            true => Ok(()),
            false => Err(damaged(format!("the change of `{name}` holds NaN or infinity"))),
        }
    }
}

/// What to do about an adapter of another model.
fn load_its_base(about: &About) -> String {
    let name = about.base_name.as_ref().map(|name| format!(", which it calls `{name}`")).unwrap_or_default();
    format!("Load it beside the model that it was trained from{name}.")
}

fn other_base(about: &About, trained: &str, here: &str) -> Error {
    let name = about.base_name.as_ref().map(|name| format!("`{name}`, ")).unwrap_or_default();
    let what =
        format!("the adapter was trained from other weights ({name}SHA-256 {trained}) than these (SHA-256 {here})");
    Error::new(Code::BadInput, what, load_its_base(about))
}

fn other_shape(about: &About, name: &str, pair: &Pair, [outputs, inputs]: [usize; 2]) -> Error {
    let (from, to) = (pair.inputs, pair.outputs);
    let what = format!(
        "the adapter's `{name}` has {from} inputs and {to} outputs, this model's has {inputs} and {outputs}: it was made \
         for another model"
    );
    Error::new(Code::BadInput, what, load_its_base(about))
}

fn no_layer(about: &About, name: &str, config: &ModelConfig) -> Error {
    let holds = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if holds(&["lm_head"]) {
        return unsupported(format!("the adapter changes `{name}`, the head that predicts words"));
    }
    if holds(&["embed_tokens", "token_embd"]) {
        return unsupported(format!("the adapter changes `{name}`, the embedding of words"));
    }
    if holds(&["experts", "_exps", "_shexp", "block_sparse_moe"]) {
        return unsupported(format!("the adapter changes `{name}`: mixtures of experts are not supported"));
    }
    let layers = config.layers;
    let number = name.strip_prefix("model.layers.").and_then(|rest| rest.split('.').next()?.parse::<usize>().ok());
    let what = match number {
        Some(number) if number >= layers => format!("the adapter changes `{name}`, this model has {layers} layers"),
        _ => format!("the adapter changes `{name}`, which is no linear layer of this model"),
    };
    Error::new(Code::BadInput, what, load_its_base(about))
}
