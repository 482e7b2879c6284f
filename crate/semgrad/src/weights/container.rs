//! What both containers deliver, before it is checked against the configuration.

use super::config::ModelConfig;
use super::tensors::Stored;
use crate::text::source::TextSource;
use std::collections::HashMap;

/// An opened GGUF file or folder.
pub(super) struct Container {
    pub config: ModelConfig,
    pub text: TextSource,
    /// By canonical name.
    pub tensors: HashMap<String, Stored>,
    /// Rows of the query and key projections are interleaved.
    pub interleaved: bool,
    /// Norms are stored as multiplier − 1.
    pub norms_less_one: bool,
}
