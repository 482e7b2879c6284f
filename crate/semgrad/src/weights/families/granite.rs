//! Granite, the dense models.

use super::family::{Defaults, Family, Layers, PLAIN};

/// Llama with four factors.
pub const GRANITE: Family = Family {
    name: "granite",
    title: "Granite",
    defaults: Defaults { context: Some(2048), ..PLAIN.defaults },
    multipliers: true,
    gguf_interleaved: true,
    pre: "dbrx",
    ..PLAIN
};

/// The same as Granite 4 has it in folders: as a hybrid without a recurrent layer and without experts.
pub const GRANITE4: Family = Family {
    name: "granitemoehybrid",
    gguf: Some("granite"),
    title: "Granite 4 (dense)",
    renames: &[("intermediate_size", "shared_intermediate_size")],
    layers: Layers::Listed,
    rotated_where_said: true,
    fused: &[
        ("shared_mlp.input_linear", &["mlp.gate_proj", "mlp.up_proj"]),
        ("shared_mlp.output_linear", &["mlp.down_proj"]),
    ],
    ..GRANITE
};
