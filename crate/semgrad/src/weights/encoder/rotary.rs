//! What ModernBERT's files say beyond what all encoders' say.

use super::family::unsupported;
use super::sentence::Pooling;
use crate::error::Result;
use crate::weights::config::inconsistent;
use crate::weights::folder::fields::{FILE, Fields, damaged};
use serde_json::Value;

/// Layers that see far, and layers that see near.
#[derive(Clone, Debug, PartialEq)]
pub struct Rotary {
    /// By layer, whether it sees no further than `reach`.
    pub near: Vec<bool>,
    /// Tokens that a near layer sees to either side.
    pub reach: usize,
    /// Bases of the rotation, of far layers and of near ones.
    pub thetas: [f64; 2],
    /// Whether the projections of attention have biases.
    pub attention_bias: bool,
    /// Whether the feed-forward layers have.
    pub mlp_bias: bool,
    /// Whether norms have a shift.
    pub norm_bias: bool,
    /// Whether the head's first layer has a bias.
    pub head_bias: bool,
}

const KINDS: [&str; 2] = ["full_attention", "sliding_attention"];

impl Rotary {
    /// Reads them for so many layers. Defaults are those of transformers.
    pub(super) fn read(fields: Fields<'_>, layers: usize) -> Result<Self> {
        let near = match fields.typed("layer_types", "a list", Value::as_array)? {
            Some(types) => {
                let kind = |name: &Value| match KINDS.iter().position(|kind| name == kind) {
                    Some(kind) => Ok(kind == 1),
                    None => Err(unsupported(format!("{FILE} has {name} in `layer_types`"))),
                };
                types.iter().map(kind).collect::<Result<Vec<_>>>()?
            }
            None => {
                let period = fields.required("global_attn_every_n_layers", Some(3))?;
                let far = |layer: usize| period > 0 && layer.is_multiple_of(period);
                (0..layers).map(|layer| !far(layer)).collect()
            }
        };
        if near.len() != layers {
            return Err(inconsistent(format!("{FILE} has {} `layer_types` for {layers} layers", near.len())));
        }
        let flag = |key| Ok(fields.bool(key)?.unwrap_or(false));
        Ok(Self {
            near,
            reach: fields.required("local_attention", Some(128))? / 2,
            thetas: [
                theta(fields, KINDS[0], "global_rope_theta", 160_000.0)?,
                theta(fields, KINDS[1], "local_rope_theta", 10_000.0)?,
            ],
            attention_bias: flag("attention_bias")?,
            mlp_bias: flag("mlp_bias")?,
            norm_bias: flag("norm_bias")?,
            head_bias: flag("classifier_bias")?,
        })
    }
}

/// A base: newer files have it by kind of layer, older ones under a key of its own.
fn theta(fields: Fields<'_>, kind: &str, older: &str, usual: f64) -> Result<f64> {
    let section = fields.object("rope_parameters")?.map(|kinds| kinds.object(kind)).transpose()?.flatten();
    for scaled in [section, fields.object("rope_scaling")?].into_iter().flatten() {
        let scaling = scaled.text("rope_type")?.or(scaled.text("type")?).unwrap_or("default");
        if scaling != "default" {
            return Err(unsupported(format!("{FILE} sets `rope_type` to `{scaling}`")));
        }
    }
    let own = section.map(|section| section.float("rope_theta")).transpose()?.flatten();
    let theta = own.or(fields.float(older)?).unwrap_or(usual);
    match theta > 1.0 && theta.is_finite() {
        true => Ok(theta),
        false => Err(damaged(FILE, &format!("the base of a rotation is {theta}"))),
    }
}

/// Of which tokens the head sees the mean, or whether it sees the first.
pub(super) fn head_pooling(fields: Fields<'_>) -> Result<Pooling> {
    match fields.text("classifier_pooling")? {
        None | Some("cls") => Ok(Pooling::First),
        Some("mean") => Ok(Pooling::Mean),
        Some(other) => Err(unsupported(format!("{FILE} sets `classifier_pooling` to `{other}`"))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::error::Code;
    use serde_json::json;

    fn read(config: &Value, layers: usize) -> Result<Rotary> {
        Rotary::read(Fields::new(config).unwrap(), layers)
    }

    /// ModernBERT-base as it was published, and as transformers 5 saves it.
    #[test]
    fn older_and_newer_files_say_the_same() {
        let older = json!({
            "global_attn_every_n_layers": 3, "global_rope_theta": 160000.0, "local_attention": 128,
            "local_rope_theta": 10000.0, "attention_bias": false, "mlp_bias": false, "norm_bias": false,
            "classifier_bias": false, "classifier_pooling": "mean",
        });
        let kinds = ["full_attention", "sliding_attention", "sliding_attention", "full_attention"];
        let newer = json!({
            "layer_types": kinds, "local_attention": 128,
            "rope_parameters": {
                "full_attention": {"rope_theta": 160000.0, "rope_type": "default"},
                "sliding_attention": {"rope_theta": 10000.0, "rope_type": "default"},
            },
        });
        let want = Rotary {
            near: vec![false, true, true, false],
            reach: 64,
            thetas: [160_000.0, 10_000.0],
            attention_bias: false,
            mlp_bias: false,
            norm_bias: false,
            head_bias: false,
        };
        for config in [older, newer, json!({})] {
            assert_eq!(read(&config, 4).unwrap(), want);
        }
        // mmBERT's, whose window has an odd number of tokens here.
        let own =
            json!({"global_rope_theta": 160000, "local_rope_theta": 160000, "local_attention": 9, "norm_bias": true});
        let own = read(&own, 2).unwrap();
        assert_eq!((own.thetas, own.reach, own.norm_bias), ([160_000.0; 2], 4, true));
    }

    #[test]
    fn what_is_not_implemented_is_refused() {
        for (config, code) in [
            (json!({"layer_types": ["full_attention"]}), Code::CorruptWeights),
            (json!({"layer_types": ["full_attention", "linear_attention"]}), Code::UnsupportedArchitecture),
            (json!({"rope_scaling": {"type": "yarn", "factor": 4}}), Code::UnsupportedArchitecture),
            (
                json!({"rope_parameters": {"sliding_attention": {"rope_type": "linear", "factor": 2}}}),
                Code::UnsupportedArchitecture,
            ),
            (json!({"global_rope_theta": 0}), Code::CorruptWeights),
        ] {
            assert_eq!(read(&config, 2).unwrap_err().code, code, "{config}");
        }
        let pooling = json!({"classifier_pooling": "max"});
        assert!(head_pooling(Fields::new(&pooling).unwrap()).is_err());
    }
}
