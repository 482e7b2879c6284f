//! What each layer remembers of the positions already seen.

use super::mixer::State;

/// A decoder's memory.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// By layer; `None` before the first position.
    pub layers: Vec<Option<State>>,
}

impl Cache {
    /// Nothing seen yet.
    pub fn new(layers: usize) -> Self {
        Self { layers: vec![None; layers] }
    }

    /// The most positions, `most` or fewer, that all layers can [go back](Cache::truncate) to.
    pub fn reach(&self, most: usize) -> usize {
        let of = |state: &Option<State>, most| state.as_ref().map_or(0, |state| state.reach(most));
        let mut reach = most;
        loop {
            let least = self.layers.iter().map(|state| of(state, reach)).min().unwrap_or(0);
            if least == reach {
                return reach;
            }
            reach = least; // there, others may not have been
        }
    }

    /// As it was after `positions`, which are within its [reach](Cache::reach).
    pub fn truncate(&self, positions: usize) -> Self {
        let layers = self.layers.iter().map(|state| state.as_ref().and_then(|state| state.truncate(positions)));
        Self { layers: layers.collect() }
    }
}
