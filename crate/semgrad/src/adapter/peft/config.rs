//! `adapter_config.json`: how much an adapter counts, and what else it asks for.

use crate::adapter::data::{About, Adapter, Pair, alpha_of, scale};
use crate::adapter::refuse::{damaged, unsupported};
use crate::error::{Error, Result};
use crate::weights::folder::fields::Fields;
use crate::weights::folder::files::ADAPTER;
use semgrad_scores::confidence::write::object;
use serde_json::{Value, json};

/// r and α where the file says neither, as in PEFT.
const DEFAULT: f64 = 8.0;

/// Keys that must be absent, false or empty, and what they ask for. Whatever else there is concerns training alone.
const REFUSED: [(&str, &str); 13] = [
    ("use_dora", "DoRA, which also changes the length of weights"),
    ("modules_to_save", "whole layers that were trained beside LoRA"),
    ("lora_bias", "biases that were trained with B"),
    ("fan_in_fan_out", "transposed weights"),
    ("trainable_token_indices", "words that were trained"),
    ("target_parameters", "parameters other than linear layers, as of mixtures of experts"),
    ("layer_replication", "layers that occur several times"),
    ("alora_invocation_tokens", "activated LoRA, which begins at certain tokens"),
    ("use_qalora", "QA-LoRA, which joins inputs"),
    ("use_bdlora", "block-diagonal LoRA"),
    ("arrow_config", "Arrow, which chooses between adapters"),
    ("monteclora_config", "MonteCLoRA, which draws weights at random"),
    ("kasa_config", "KaSA, which also changes the base's weights"),
];

/// What adapters can start from that changes the base's own weights, so that they fit no unchanged base any more.
const CHANGED_BASE: [&str; 5] = ["pissa", "olora", "corda", "loftq", "lora_ga"];

/// What counts of the file.
pub(super) struct Config {
    pub about: About,
    rank: Pattern,
    alpha: Pattern,
    /// Whether α is divided by √r instead of r.
    root: bool,
}

impl Config {
    pub fn read(fields: Fields) -> Result<Self> {
        refuse(fields)?;
        let rank = Pattern::read(fields, "r", "rank_pattern")?;
        let alpha = Pattern::read(fields, "lora_alpha", "alpha_pattern")?;
        let root = fields.bool("use_rslora")?.unwrap_or(false);
        let name = fields.text("base_model_name_or_path")?.filter(|name| !name.is_empty());
        let about = About {
            base: None,
            base_name: name.map(str::to_owned),
            alpha: f64::from(plain(alpha.usual, rank.usual, root) as f32),
            rank: rank.usual as usize, // whatever it is: ranks of layers are those of their tensors
            dropout: fields.float("lora_dropout")?.unwrap_or(0.0),
        };
        Ok(Self { about, rank, alpha, root })
    }

    /// What the layer that PEFT calls `path`, of this rank, is multiplied by.
    pub fn scale(&self, path: &str, rank: usize) -> Result<f32> {
        let said = self.rank.of(path);
        if said != rank as f64 {
            return Err(contradicts(&format!("says rank {said} of `{path}`, its tensors have rank {rank}")));
        }
        Ok(scale(plain(self.alpha.of(path), said, self.root), rank))
    }
}

/// The α that, divided by r, scales as this one does.
fn plain(alpha: f64, rank: f64, root: bool) -> f64 {
    if root { alpha * rank.sqrt() } else { alpha }
}

/// A number that some layers have otherwise than most.
struct Pattern {
    usual: f64,
    exceptions: Vec<(String, f64)>,
}

impl Pattern {
    fn read(fields: Fields, usual: &str, exceptions: &str) -> Result<Self> {
        let entries = fields.typed(exceptions, "an object", Value::as_object)?;
        let exception = |(key, value): (&String, &Value)| -> Result<(String, f64)> {
            // PEFT reads them as regular expressions, and writes names of layers.
            if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')) {
                let what = format!("{ADAPTER} has the regular expression `{key}` in `{exceptions}`");
                return Err(unsupported(what));
            }
            let number = value.as_f64();
            Ok((key.clone(), number.ok_or_else(|| contradicts(&format!("has {value} for `{key}` in `{exceptions}`")))?))
        };
        Ok(Self {
            usual: fields.float(usual)?.unwrap_or(DEFAULT),
            exceptions: entries.into_iter().flatten().map(exception).collect::<Result<_>>()?,
        })
    }

    /// The first that is the layer's name or ends it counts, as in PEFT.
    fn of(&self, path: &str) -> f64 {
        let ends = |key: &str| path.strip_suffix(key).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        self.exceptions.iter().find(|(key, _)| ends(key)).map_or(self.usual, |(_, number)| *number)
    }
}

fn refuse(fields: Fields) -> Result<()> {
    if let Some(kind) = fields.text("peft_type")?.filter(|kind| *kind != "LORA") {
        return Err(unsupported(format!("{ADAPTER} sets `peft_type` to `{kind}`: only LORA can be loaded")));
    }
    if let Some(bias) = fields.text("bias")?.filter(|bias| *bias != "none") {
        return Err(unsupported(format!(
            "{ADAPTER} sets `bias` to `{bias}`, which is not supported: biases that were trained"
        )));
    }
    for (key, what) in REFUSED {
        let asked = fields.get(key).is_some_and(|value| match value {
            Value::Bool(asked) => *asked,
            Value::Array(list) => !list.is_empty(),
            Value::Object(map) => !map.is_empty(),
            _ => true,
        });
        if asked {
            return Err(unsupported(format!("{ADAPTER} sets `{key}`, which is not supported: {what}")));
        }
    }
    let start = fields.get("init_lora_weights").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    match CHANGED_BASE.iter().any(|name| start.starts_with(name)) {
        true => {
            let what = "it belongs to a base whose weights were changed at the start of training";
            Err(unsupported(format!("{ADAPTER} sets `init_lora_weights` to `{start}`: {what}")))
        }
        false => Ok(()),
    }
}

/// The file contradicts its weights.
fn contradicts(what: &str) -> Error {
    damaged(format!("{ADAPTER} {what}"))
}

/// The file of an adapter.
pub(super) fn write(adapter: &Adapter) -> Result<Vec<u8>> {
    let About { base_name, alpha: usual, rank, dropout, .. } = &adapter.about;
    let (targets, layers) = targets(adapter);
    let pairs = || adapter.pairs.iter();
    let ranks = pairs().filter(|(_, pair)| pair.rank != *rank).map(|(name, pair)| (name.clone(), json!(pair.rank)));
    let other_alpha = |pair: &Pair| scale(*usual, pair.rank) != pair.scale;
    let alphas = pairs().filter(|(_, pair)| other_alpha(pair));
    let alphas = alphas.map(|(name, pair)| (name.clone(), number(alpha_of(pair.scale, pair.rank))));
    // In the order of the alphabet, as PEFT writes them. Every scale is said by α/r: of two readers one may not know rsLoRA.
    let config = object(vec![
        ("alpha_pattern", Value::Object(alphas.collect())),
        ("base_model_name_or_path", json!(base_name)),
        ("bias", "none".into()),
        ("fan_in_fan_out", false.into()),
        ("inference_mode", true.into()),
        ("init_lora_weights", true.into()),
        ("layers_to_transform", json!(layers)),
        ("lora_alpha", number(*usual)),
        ("lora_dropout", number(*dropout)),
        ("modules_to_save", Value::Null),
        ("peft_type", "LORA".into()),
        ("r", json!(rank)),
        ("rank_pattern", Value::Object(ranks.collect())),
        ("target_modules", json!(targets)),
        ("task_type", "CAUSAL_LM".into()),
        ("use_dora", false.into()),
        ("use_rslora", false.into()),
    ]);
    let text = serde_json::to_vec_pretty(&config).map_err(|e| Error::internal(format!("{ADAPTER}: {e}")))?;
    Ok([text, b"\n".to_vec()].concat())
}

/// `target_modules` and `layers_to_transform`: parts of layers and the numbers of these where each of them has the same
/// parts, else the layers' whole names.
fn targets(adapter: &Adapter) -> (Vec<String>, Option<Vec<usize>>) {
    let names = || adapter.pairs.keys();
    let place = |name: &String| {
        let (number, rest) = name.strip_prefix("model.layers.")?.split_once('.')?;
        Some((number.parse::<usize>().ok()?, rest.rsplit('.').next()?.to_owned()))
    };
    let whole = || (names().cloned().collect(), None);
    let (mut layers, mut parts, mut places) = (Vec::new(), Vec::new(), 0);
    for name in names() {
        let Some((number, part)) = place(name) else { return whole() };
        places += 1;
        layers.extend(Some(number).filter(|number| !layers.contains(number)));
        parts.extend(Some(part).filter(|part| !parts.contains(part)));
    }
    layers.sort_unstable();
    parts.sort_unstable();
    match places == layers.len() * parts.len() {
        true => (parts, Some(layers)),
        false => whole(),
    }
}

/// A number without a fraction where it has none.
fn number(x: f64) -> Value {
    let whole = x.fract() == 0.0 && x.abs() < 1e15;
    if whole { json!(x as i64) } else { json!(x) }
}
