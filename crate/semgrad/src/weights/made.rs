//! Models of random weights: as large as a real one, and as fast. What they say is nothing.

use super::config::ModelConfig;
use super::folder;
use super::format::{Format, dequantize_row};
use super::gguf::writer::{ALIGNMENT, Writer};
use super::gguf::{keys, names};
use super::layout;
use crate::error::{Code, Error, Result};
use half::f16;
use serde::Deserialize;
use serde_json::Value;
use std::io::{self, Write};

/// Blocks that are random; a tensor repeats them. A prime, so that rows begin at different ones.
const BLOCKS: usize = 4099;

/// In which formats the matrices are stored, by their names.
#[derive(Clone, Debug, Deserialize)]
pub struct Formats {
    /// Embedding and head.
    pub embedding: String,
    /// Matrices of layers.
    pub matrices: String,
    /// Values' and feed-forward layers' last matrices where mixed quantizations spend more bits: in the first and the last
    /// eighth of the layers, and in every third between.
    pub more: Option<String>,
}

/// A model that is not written yet.
pub struct Made {
    writer: Writer,
    tensors: Vec<Tensor>,
}

struct Tensor {
    format: Format,
    shape: Vec<usize>,
    bytes: u64,
    is_norm: bool,
}

impl Made {
    /// The model that a `config.json` describes.
    ///
    /// # Errors
    /// Those of a folder's configuration; `bad_input` for formats that are not there, or do not fit the rows.
    pub fn new(config: &Value, formats: &Formats) -> Result<Self> {
        let config = folder::config::model_config(config, &Value::Null, None)?;
        config.validate()?;
        let [embedding, matrices] = [&formats.embedding, &formats.matrices].map(|name| format(name));
        let (embedding, matrices) = (embedding?, matrices?);
        let more = formats.more.as_ref().map_or(Ok(matrices), |name| format(name))?;
        let mut made = Self {
            writer: keys::shared(&config).count(&keys::kv_heads(&config), config.kv_heads as u32),
            tensors: Vec::new(),
        };
        for (name, shape) in layout::expected(&config) {
            let format = match () {
                () if shape.len() == 1 => Format::F32,
                () if !name.starts_with("model.layers.") => embedding,
                () if has_more_bits(&name, config.layers) => more,
                () => matrices,
            };
            made.add(&config, &name, shape, format)?;
        }
        Ok(made)
    }

    fn add(&mut self, config: &ModelConfig, name: &str, shape: Vec<usize>, format: Format) -> Result<()> {
        let bytes = format.tensor_bytes(&shape).ok_or_else(|| bad(format!("{name} {shape:?} is not whole blocks")))?;
        let gguf = names::gguf_name(name, config.family).or(names::gguf_name_of_whole(name).map(str::to_owned));
        let gguf = gguf.ok_or_else(|| bad(format!("GGUF has no name for {name}")))?;
        let writer = std::mem::take(&mut self.writer);
        self.writer = writer.tensor(&gguf, &shape, format.description().ggml, Vec::new());
        self.tensors.push(Tensor { format, shape, bytes, is_norm: name.contains("norm") });
        Ok(())
    }

    /// Bytes of the file's tensors.
    pub fn bytes(&self) -> u64 {
        self.tensors.iter().map(|tensor| tensor.bytes).sum()
    }

    /// Writes the GGUF file.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.writer.head(self.tensors.iter().map(|tensor| tensor.bytes)))?;
        let mut last: Option<((Format, usize), Vec<u8>)> = None;
        for Tensor { format, shape, bytes, is_norm } in &self.tensors {
            let cols = shape.last().copied().unwrap_or(1);
            let key = (*format, cols);
            let pattern = match (&last, shape.len()) {
                (_, 1) => &[if *is_norm { 1.0f32 } else { 0.01 }; 1].map(f32::to_le_bytes).concat(),
                (Some((kept, pattern)), _) if *kept == key => pattern,
                _ => &last.insert((key, noise(*format, cols))).1,
            };
            let (mut left, length) = (*bytes, pattern.len() as u64);
            while left > 0 {
                let now = left.min(length);
                out.write_all(&pattern[..now as usize])?; // at most its length
                left -= now;
            }
            out.write_all(&[0; ALIGNMENT as usize][..(bytes.next_multiple_of(ALIGNMENT) - bytes) as usize])?;
        }
        out.flush()
    }
}

/// Blocks of random bits whose scales make the values' mean zero and their deviation 1/√cols, so that products with a row are
/// as large as their input.
fn noise(format: Format, cols: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64 ^ cols as u64;
    let mut bytes: Vec<u8> = Vec::with_capacity(BLOCKS * format.block_bytes() + 8);
    while bytes.len() < BLOCKS * format.block_bytes() {
        // xorshift64*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        bytes.extend(state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes());
    }
    bytes.truncate(BLOCKS * format.block_bytes());
    let scaled = |bytes: &mut [u8], scales: [f64; 2]| {
        for block in bytes.chunks_exact_mut(format.block_bytes()) {
            for (&at, scale) in format.halves().iter().zip(scales) {
                block[at..at + 2].copy_from_slice(&f16::from_f64(scale).to_le_bytes());
            }
        }
        let mut values = vec![0.0; BLOCKS * format.block_len()];
        dequantize_row(format, bytes, &mut values);
        let count = values.len() as f64;
        let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
        let square = values.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / count;
        (mean, square.sqrt())
    };
    let minimum = match format.halves().len() {
        2 => -scaled(&mut bytes, [1.0, 0.0]).0 / scaled(&mut bytes, [0.0, 1.0]).0,
        _ => 0.0,
    };
    let unit = scaled(&mut bytes, [1.0, minimum]).1;
    let scale = (cols as f64).sqrt().recip() / unit;
    scaled(&mut bytes, [scale, minimum * scale]);
    bytes
}

/// As llama.cpp's mixtures have it.
fn has_more_bits(name: &str, layers: usize) -> bool {
    let Some((layer, part)) = name.strip_prefix("model.layers.").and_then(|rest| rest.split_once('.')) else {
        return false;
    };
    let Ok(layer) = layer.parse::<usize>() else { return false };
    let eighth = layers / 8;
    ["self_attn.v_proj.weight", "mlp.down_proj.weight"].contains(&part)
        && (layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2)
}

/// A format whose scales are halves: others could not be made random.
fn format(name: &str) -> Result<Format> {
    let found = Format::ALL.into_iter().find(|format| format.name() == name && !format.halves().is_empty());
    found.ok_or_else(|| bad(format!("no model can be made of {name}")))
}

fn bad(message: String) -> Error {
    Error::new(Code::BadInput, message, "Name other formats or sizes.")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::weights::checkpoint::Checkpoint;
    use crate::weights::source::ModelFile;
    use std::rc::Rc;

    #[test]
    fn a_made_model_is_one() {
        for (family, bias) in [("llama", false), ("qwen2", true)] {
            let config = serde_json::json!({
                "model_type": family, "hidden_size": 256, "num_hidden_layers": 8, "num_attention_heads": 4,
                "num_key_value_heads": 2, "intermediate_size": 512, "vocab_size": 300, "max_position_embeddings": 512,
                "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": true,
            });
            let formats = |more: Option<&str>| Formats {
                embedding: "Q8_0".into(),
                matrices: "Q4_K".into(),
                more: more.map(str::to_owned),
            };
            let made = Made::new(&config, &formats(Some("Q5_K"))).unwrap();
            let mut file = Vec::new();
            made.write(&mut file).unwrap();
            let files = vec![ModelFile { name: "m.gguf".into(), source: Rc::new(file) }];
            let model = pollster::block_on(Checkpoint::open(files)).unwrap();
            assert_eq!((model.config.hidden, model.config.layers, model.config.attention_bias), (256, 8, bias));
            assert_eq!((model.config.norm_eps, model.total_bytes()), (1e-5, made.bytes()));
            let down = |layer: usize| model.get(&format!("model.layers.{layer}.mlp.down_proj.weight")).unwrap().format;
            let formats: Vec<_> = (0..8).map(|layer| down(layer).name()).collect();
            assert_eq!(formats, ["Q5_K", "Q4_K", "Q4_K", "Q5_K", "Q4_K", "Q4_K", "Q5_K", "Q5_K"]);
            for info in model.tensors() {
                let raw = pollster::block_on(model.read(&info.name)).unwrap();
                let mut values = vec![0.0; info.shape.iter().product()];
                dequantize_row(raw.format, &raw.data, &mut values);
                let [_, cols] = info.shape[..] else { continue };
                let mean = values.iter().sum::<f32>() / values.len() as f32;
                let square = values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32 * cols as f32;
                assert!(
                    (square - 1.0).abs() < 0.1 && mean.abs() * (cols as f32).sqrt() < 0.1,
                    "{} {square}",
                    info.name
                );
            }
        }
        let none = Formats { embedding: "F16".into(), matrices: "Q4_K".into(), more: None };
        assert!(Made::new(&serde_json::json!({}), &none).is_err());
    }
}
