//! What of generation the gradient pass can use, run by run: the prompt's end is one, each token fed after it another.

use crate::model::cache::Cache;
use crate::model::tape::Tape;
use burn::tensor::Tensor;

/// Most floats of intermediate values kept for the backward pass while an answer is produced; beyond that the suffix runs
/// a second time, which is cheaper than half a gigabyte.
const KEEP: usize = 32 << 20;

/// What of the sequence later gradients are about.
#[derive(Clone, Copy, Debug)]
pub struct Interest {
    /// First position.
    pub start: usize,
    /// First layer.
    pub first_layer: usize,
    /// False when no gradient is wanted: then nothing is kept.
    pub gradients: bool,
}

/// The part of the sequence on which gradients are taken: from the first position of interest to the last input.
pub struct Suffix {
    /// Its first position.
    pub start: usize,
    /// The first layer whose input is of interest.
    pub first_layer: usize,
    /// Inputs of that layer at the suffix's positions, in runs `[positions, hidden]`.
    pub hidden: Vec<Tensor<2>>,
    /// What layers remember of the positions before it.
    pub cache: Cache,
    /// What its forward pass left behind, if that was not too much.
    pub kept: Option<Kept>,
    /// Runs that belong to the answer whatever its next token is.
    certain: usize,
}

/// The forward pass over the suffix, as far as it happened while the answer was produced.
#[derive(Default)]
pub struct Kept {
    /// By layer from the first one of interest, in runs of positions.
    pub tapes: Vec<Vec<Tape>>,
    /// Inputs of the final norm, in runs `[positions, hidden]`.
    pub tops: Vec<Tensor<2>>,
    /// Logits by token of the answer, `[1, vocab]` each.
    pub logits: Vec<Tensor<2>>,
    floats: Vec<usize>, // by run
}

impl Suffix {
    /// A whole sequence of which the inputs of layer `first_layer`, `[positions, hidden]`, are known, in a model of so many
    /// `layers`.
    pub fn whole(hidden: Tensor<2>, first_layer: usize, layers: usize) -> Self {
        let interest = Interest { start: 0, first_layer, gradients: true };
        Self { hidden: vec![hidden], ..Self::new(&interest, Cache::new(layers), false) }
    }

    /// Nothing has run yet behind the positions in `cache`; `keep` is false where the pass is to run a second time anyway.
    pub(super) fn new(interest: &Interest, cache: Cache, keep: bool) -> Self {
        let (start, first_layer) = (interest.start, interest.first_layer);
        Self { start, first_layer, hidden: Vec::new(), cache, kept: keep.then(Kept::default), certain: 1 }
    }

    /// Takes what one run left behind in a layer, unless that is too much in all.
    pub(super) fn keep(&mut self, layer: usize, x: &Tensor<2>, mut tape: Tape) {
        let Some(index) = layer.checked_sub(self.first_layer) else { return };
        if index == 0 {
            self.hidden.push(x.clone());
        }
        if let Some(kept) = &mut self.kept {
            if index == 0 {
                kept.floats.push(0);
            }
            kept.count(self.hidden.len() - 1, tape.floats());
            kept.tapes.resize_with(kept.tapes.len().max(index + 1), Vec::new);
            // Keys and values are continued where they lie only if the cache alone holds them.
            tape.release();
            if !kept.tapes[index].is_empty() {
                tape.follow();
            }
            kept.tapes[index].push(tape);
        }
        self.limit();
    }

    /// Takes the input of the final norm.
    pub(super) fn keep_top(&mut self, top: Tensor<2>) {
        if let Some(kept) = &mut self.kept {
            kept.tops.push(top);
        }
    }

    /// Takes the logits of a token that is known by now; the run that it is fed to counts, unless it is the `last`.
    pub(super) fn keep_logits(&mut self, logits: Tensor<2>, last: bool) {
        if let Some(kept) = &mut self.kept {
            kept.count(kept.logits.len(), logits.shape().num_elements());
            kept.logits.push(logits);
        }
        self.certain += usize::from(!last);
        self.limit();
    }

    /// The answer is complete, its last token but one the last of the first `positions` of the sequence: forgets the runs
    /// behind these, of which the `cache` may know.
    pub(super) fn end(&mut self, positions: usize, cache: &Cache) {
        self.hidden.truncate(self.certain);
        let Some(kept) = &mut self.kept else { return };
        kept.tops.truncate(self.certain);
        kept.floats.truncate(self.certain);
        for (tapes, state) in kept.tapes.iter_mut().zip(&cache.layers[self.first_layer..]) {
            tapes.truncate(self.certain);
            if let (Some(last), Some(state)) = (tapes.last_mut(), state) {
                last.remember(state, positions);
            }
        }
    }

    /// Lets go of everything when it is too much. What may turn out to be too many runs does not count.
    fn limit(&mut self) {
        let certain = |kept: &Kept| kept.floats.iter().take(self.certain).sum::<usize>();
        if self.kept.as_ref().is_some_and(|kept| certain(kept) > KEEP) {
            self.kept = None;
        }
    }
}

impl Kept {
    fn count(&mut self, run: usize, floats: usize) {
        if let Some(sum) = self.floats.get_mut(run) {
            *sum += floats;
        }
    }
}
