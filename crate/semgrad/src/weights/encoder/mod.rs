//! Encoders that compare texts: Hugging Face folders of models of the families in [`family`], with or without a
//! classification head. Not here: GGUF and ONNX.

pub mod config;
pub mod distances;
pub mod family;
mod files;
pub(crate) mod layout;
pub mod rotary;
pub mod sentence;

use super::config::inconsistent;
use super::folder::files::Folder;
use super::folder::{self, names};
use super::source::ModelFile;
use super::tensors::{Canonical, Tensors};
use super::{foreign, fused};
use crate::error::{Code, Error, Result};
use config::EncoderConfig;
use files::Files;

/// Most logits of a head whose configuration does not name them.
const MAX_LABELS: usize = 1 << 10;

/// An encoder whose files were found complete and consistent. Tensor data is read on demand.
pub struct EncoderCheckpoint {
    /// Shapes and constants.
    pub config: EncoderConfig,
    /// `tokenizer.json`.
    pub tokenizer: Vec<u8>,
    /// Whether there is a classification head.
    pub head: bool,
    /// Under the names of a checkpoint without a head.
    pub tensors: Tensors,
}

impl EncoderCheckpoint {
    /// Reads the headers of a Hugging Face folder and checks that every tensor of the model is there.
    ///
    /// # Errors
    /// `bad_input` when the files are no folder, `missing_tokenizer` without a `tokenizer.json`, otherwise as
    /// [`Checkpoint::open`](super::checkpoint::Checkpoint::open).
    pub async fn open(files: Vec<ModelFile>) -> Result<Self> {
        let folder = Folder::new(&files).await?;
        let Some(tokenizer) = folder.text("tokenizer.json").await? else {
            return Err(Error::new(
                Code::MissingTokenizer,
                "the encoder's folder has no tokenizer.json",
                "Add it; `AutoTokenizer.from_pretrained(…).save_pretrained(…)` writes it for models that come without.",
            ));
        };
        let mut config = config::read(&Files::read(&folder).await?)?;
        let mut stored = names::encoder(folder::tensors(&folder).await?, config.family)?;
        if let Some(error) = foreign::packed_tensors(stored.keys()) {
            return Err(error);
        }
        let classifier = stored.get(&format!("{}.weight", config.family.head.out));
        let head = classifier.is_some();
        if let Some(rows) = classifier.and_then(|tensor| tensor.shape.first()).filter(|_| config.labels.is_empty()) {
            config.labels = (0..*rows.min(&MAX_LABELS)).map(|i| format!("LABEL_{i}")).collect();
        }
        let mut tensors = Tensors::default();
        let expected = layout::expected(&config, head);
        if config.rotary.is_some() {
            fused::split(&mut stored, &expected, &layout::FUSED)?;
        }
        for (name, shape) in expected {
            let Some(found) = stored.remove(&name) else {
                return Err(inconsistent(format!("the tensor `{name}` is missing")));
            };
            let canonical = if shape.len() == 1 { Canonical::Widened { add: 0.0 } } else { Canonical::AsStored };
            tensors.add(name, shape, found, canonical)?;
        }
        Ok(Self { config, tokenizer, head, tensors })
    }
}
