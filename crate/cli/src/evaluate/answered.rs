//! Lines of `questions.jsonl`: what `semgrad score` writes, with the question, its references and what judges said.

use super::dataset::id_text;
use super::judge::Judgement;
use super::measure::CONFIDENCE;
use semgrad_scores::confidence::features::Lengths;
use semgrad_scores::confidence::item::Item;
use semgrad_scores::confidence::state::State;
use semgrad_scores::kinds::{Kind, kind_of};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// What an evaluation reads of a line; the rest of it is kept in the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answered {
    /// Question set.
    pub set: String,
    /// Id in the set.
    #[serde(deserialize_with = "text")]
    pub id: String,
    /// What was asked.
    pub question: Option<String>,
    /// The model's answer.
    pub answer: Option<String>,
    /// The prompt's tokens.
    pub prompt_ids: Vec<u32>,
    /// Its own.
    pub response_ids: Vec<u32>,
    /// `stop`, `length` or `given`.
    pub finish_reason: String,
    /// By method.
    pub scores: BTreeMap<String, Scored>,
    /// The model's state at the answer's end.
    pub state: Option<State>,
    /// Calibrated probability of being right.
    pub confidence: Option<f64>,
    /// The set's judge.
    pub judge: Option<String>,
    /// By judge.
    pub judgements: BTreeMap<String, Judgement>,
    /// The same question at other temperatures.
    pub temperatures: Vec<Tempered>,
    /// Times.
    pub ms: Times,
    /// `webgpu` or `cpu`.
    pub device: String,
    /// Why there is no answer.
    pub error: Option<Value>,
}

/// One score.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Scored {
    /// Higher is less sure; null when undefined.
    pub score: Option<f64>,
    /// What it costs besides generating, ms.
    pub ms: Option<f64>,
    /// Passes besides generating.
    pub passes: Option<f64>,
}

/// Scores at another temperature.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Tempered {
    /// The temperature.
    pub temperature: f64,
    /// By method; null when undefined.
    pub scores: BTreeMap<String, Option<f64>>,
}

/// Where the time of generating went, ms.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Times {
    /// The prompt.
    pub prefill: Option<f64>,
    /// The answer.
    pub decode: Option<f64>,
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Value::deserialize(deserializer).map(|id| id_text(&id))
}

impl Answered {
    /// What `judge` said, or, without a name, the set's judge, or the only one.
    pub fn right(&self, judge: Option<&str>) -> Option<bool> {
        let only = || (self.judgements.len() == 1).then(|| self.judgements.values().next()).flatten();
        let judgement = match judge.or(self.judge.as_deref()) {
            Some(judge) => self.judgements.get(judge),
            None => only(),
        };
        judgement.map(|judgement| judgement.right)
    }

    /// What calibration and metrics read; nothing where that judge did not judge.
    pub fn item(&self, judge: Option<&str>) -> Option<Item> {
        let finite = |(id, scored): (&String, &Scored)| Some((id.clone(), scored.score.filter(|s| s.is_finite())?));
        let confidence = self.confidence.map(|p| (CONFIDENCE.to_owned(), 1.0 - p));
        Some(Item {
            set: self.set.clone(),
            id: self.id.clone(),
            scores: self.scores.iter().filter_map(finite).chain(confidence).collect(),
            tokens: self.lengths().answer,
            prompt_tokens: self.lengths().prompt,
            state: self.state.clone(),
            cut: self.is_cut(),
            kind: self.kind(),
            right: self.right(judge)?,
        })
    }

    /// Whether it was cut off before its end.
    pub fn is_cut(&self) -> bool {
        self.finish_reason == "length"
    }

    /// What kind of question it is.
    pub fn kind(&self) -> Option<Kind> {
        self.question.as_deref().map(kind_of)
    }

    /// Tokens of prompt and answer.
    pub fn lengths(&self) -> Lengths {
        Lengths { prompt: self.prompt_ids.len(), answer: self.response_ids.len() }
    }

    /// Time of generating the answer, ms; nothing for an answer that was given.
    pub fn generation_ms(&self) -> Option<f64> {
        let decoded = self.ms.decode.filter(|&ms| ms > 0.0 && self.finish_reason != "given")?;
        Some(self.ms.prefill.unwrap_or_default() + decoded)
    }
}

/// The answered lines of a file, and what is wrong with the others.
pub fn read(text: &str) -> (Vec<Answered>, Vec<String>) {
    let (mut answered, mut problems) = (Vec::new(), Vec::new());
    for (before, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Answered>(line) {
            Ok(line) if line.error.is_some() => problems.push(format!("line {}: it failed", before + 1)),
            Ok(line) => answered.push(line),
            Err(error) => problems.push(format!("line {}: this is no result ({error})", before + 1)),
        }
    }
    (answered, problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_items() {
        let text = r#"{"id": 3, "set": "s", "answer": "x", "prompt_ids": [1, 2, 3], "response_ids": [5, 6], "finish_reason": "stop",
            "scores": {"a": {"score": 1.5, "ms": 2, "passes": 1}, "b": {"score": null}}, "confidence": 0.75,
            "ms": {"prefill": 10, "decode": 5}, "judge": "f1",
            "judgements": {"f1": {"right": true, "value": 1}, "nli": {"right": false, "value": 0}}}"#
            .replace('\n', " ");
        let (lines, problems) = read(&format!("{text}\n{{\"id\": \"x\", \"error\": {{}}}}\n{{\"id\": \n"));
        assert_eq!((lines.len(), problems[0].as_str()), (1, "line 2: it failed"));
        assert!(problems[1].starts_with("line 3: this is no result"));
        let item = lines[0].item(None).unwrap();
        let scores = [("a".to_owned(), 1.5), (CONFIDENCE.to_owned(), 0.25)].into();
        assert_eq!(
            item,
            Item {
                set: "s".into(),
                id: "3".into(),
                scores,
                tokens: 2,
                prompt_tokens: 3,
                right: true,
                ..Item::default()
            }
        );
        let cut = read(&text.replace("stop", "length")).0;
        assert!(cut[0].item(None).unwrap().cut);
        assert_eq!(lines[0].right(Some("nli")), Some(false));
        assert_eq!((lines[0].item(Some("rouge_l")), lines[0].generation_ms()), (None, Some(15.0)));
    }
}
