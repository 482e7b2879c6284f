//! Qwen2 and Qwen2.5.

use super::family::{Family, Layers, PLAIN};

/// Query, key and value projections always have biases.
pub const QWEN2: Family = Family {
    name: "qwen2",
    title: "Qwen2",
    layers: Layers::SlidingOnRequest { first: 28 },
    biased: true,
    pre: "qwen2",
    ..PLAIN
};
