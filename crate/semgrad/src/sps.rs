//! Semantic Preservation Score: which prompt position carries the question's meaning (arXiv 2605.04638 §3.1).
//!
//! Hidden states of a question and its paraphrases should agree there (`within`), those of different questions should
//! not (`across`). Measured once per model, template and prefix; the choice goes into the model's profile.

use crate::answer::Model;
use crate::control::Pacer;
use crate::error::{Code, Error, Result};
use crate::model::cache::Cache;
use crate::ops::{cut_rows, read, stack};
use crate::profile::{Key, Profile, SemanticPosition, SpsMap};
use crate::text::{ChatOptions, Message, Prompt, Text};
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

/// A content position must beat the best template position by this much: it differs from question to question.
const CONTENT_MARGIN: f64 = 0.05;
/// Below this nothing is preserved, and the generation header is as good as any.
const FLOOR: f64 = 0.02;

/// A question with other wordings of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Question {
    /// Id, reported back.
    #[serde(default)]
    pub id: serde_json::Value,
    /// Original wording.
    pub question: String,
    /// Other wordings.
    #[serde(default)]
    pub paraphrases: Vec<String>,
}

impl Question {
    /// The first `k` wordings that differ from the question and from each other; `None` when there are fewer.
    pub fn distinct(&self, k: usize) -> Option<Vec<&str>> {
        let mut chosen: Vec<&str> = Vec::new();
        for p in self.paraphrases.iter().map(String::as_str) {
            if chosen.len() < k && !p.trim().is_empty() && p != self.question && !chosen.contains(&p) {
                chosen.push(p);
            }
        }
        (chosen.len() == k).then_some(chosen)
    }
}

/// What to measure.
#[derive(Clone, Debug)]
pub struct Options {
    /// Questions to use, at most.
    pub questions: usize,
    /// Paraphrases per question, at least 1.
    pub paraphrases: usize,
    /// Last prompt positions to look at.
    pub tail: usize,
    /// Put before every question.
    pub prefix: String,
    /// System message.
    pub system: Option<String>,
}

/// The maps, `[layer 0..=L][position]`, the last column being the last prompt token.
#[derive(Clone, Debug, Serialize)]
pub struct Sps {
    /// Questions used.
    pub ids: Vec<serde_json::Value>,
    /// Paraphrases per question.
    pub k: usize,
    /// Prompt of the first question given, to check templates by.
    pub first_prompt_ids: Vec<u32>,
    /// `within − across`.
    pub sps: Vec<Vec<f64>>,
    /// Mean cosine of a question and its paraphrases.
    pub within: Vec<Vec<f64>>,
    /// Mean cosine of different questions.
    pub across: Vec<Vec<f64>>,
    /// The chosen position.
    pub chosen: SemanticPosition,
}

impl Sps {
    /// The profile to store.
    pub fn profile(&self, weights: String, model: &Model, prefix: &str) -> Profile {
        Profile {
            key: Key {
                weights,
                template: model.text.as_ref().and_then(Text::template_hash),
                prefix: prefix.into(),
                adapter: model.adapter(),
            },
            semantic_position: Some(self.chosen.clone()),
            sps: Some(SpsMap { questions: self.ids.len(), paraphrases: self.k, sps: self.sps.clone() }),
            calibrations: Vec::new(),
            given: None,
        }
    }
}

/// Measures the maps on the first questions that have enough paraphrases. `progress` gets questions done, of how many.
///
/// # Errors
/// `bad_input` with fewer than two usable questions or prompts shorter than the tail; `missing_tokenizer`; `aborted`.
pub async fn measure(
    model: &Model,
    questions: &[Question],
    options: &Options,
    pacer: &Pacer<'_>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Sps> {
    let bad = |message: String, advice: &str| Error::new(Code::BadInput, message, advice);
    if options.tail == 0 || options.paraphrases == 0 {
        return Err(bad("tail and k must be at least 1.".into(), "The defaults are 10 and 5."));
    }
    let usable: Vec<(&Question, Vec<&str>)> =
        questions.iter().filter_map(|q| Some((q, q.distinct(options.paraphrases)?))).take(options.questions).collect();
    if usable.len() < 2 {
        return Err(bad(
            format!(
                "{} questions have {} different paraphrases, at least 2 are needed.",
                usable.len(),
                options.paraphrases
            ),
            "Give more questions or a smaller --k.",
        ));
    }
    let mut seen: Option<Tail> = None;
    let (mut within, mut sum) = (Vec::new(), Vec::new());
    let first_prompt_ids = encode(model, &questions[0].question, options)?.ids;
    let width = model.decoder.config.hidden;
    for (done, (question, wordings)) in usable.iter().enumerate() {
        progress(done, usable.len());
        let mut total: Vec<f64> = Vec::new(); // Σ of unit vectors, [layers + 1, tail, hidden]
        for (i, wording) in std::iter::once(question.question.as_str()).chain(wordings.iter().copied()).enumerate() {
            let prompt = encode(model, wording, options)?;
            if prompt.ids.len() < options.tail {
                return Err(bad(
                    format!("a prompt has {} tokens, the tail {}.", prompt.ids.len(), options.tail),
                    "Use a smaller --tail.",
                ));
            }
            match &mut seen {
                Some(tail) => tail.merge(&prompt),
                None => seen = Some(Tail::new(&prompt, options.tail)),
            }
            let unit = unit_states(model, &prompt.ids, options.tail, pacer).await?;
            if i == 0 {
                add(&mut sum, &unit);
            }
            add(&mut total, &unit);
        }
        let pairs = mean_cosine(&total, wordings.len() + 1, width);
        add(&mut within, &pairs);
    }
    progress(usable.len(), usable.len());
    let across = mean_cosine(&sum, usable.len(), width);
    within.iter_mut().for_each(|v| *v /= usable.len() as f64);
    let sps: Vec<f64> = within.iter().zip(&across).map(|(w, a)| w - a).collect();
    let rows = |map: &[f64]| map.chunks_exact(options.tail).map(<[f64]>::to_vec).collect::<Vec<_>>();
    // At least two prompts were encoded above.
    let tail = seen.ok_or_else(|| Error::internal("no prompt was encoded."))?;
    let sps = rows(&sps);
    let chosen = choose(&sps, &tail, model.text.as_ref());
    Ok(Sps {
        ids: usable.iter().map(|(q, _)| q.id.clone()).collect(),
        k: options.paraphrases,
        first_prompt_ids,
        chosen,
        within: rows(&within),
        across: rows(&across),
        sps,
    })
}

/// What all prompts have in common at their last positions.
struct Tail {
    /// The token, where it is the same in all prompts.
    ids: Vec<Option<u32>>,
    /// True where some prompt has a token of the user's text.
    content: Vec<bool>,
    /// The header, counted from the end.
    header: Option<i64>,
}

impl Tail {
    fn new(prompt: &Prompt, tail: usize) -> Self {
        let skip = prompt.ids.len() - tail;
        Self {
            ids: prompt.ids[skip..].iter().copied().map(Some).collect(),
            content: prompt.from_content[skip..].to_vec(),
            header: prompt.header.map(|h| h as i64 - prompt.ids.len() as i64),
        }
    }

    fn merge(&mut self, prompt: &Prompt) {
        let other = Self::new(prompt, self.ids.len());
        for (id, new) in self.ids.iter_mut().zip(other.ids) {
            if *id != new {
                *id = None;
            }
        }
        for (content, new) in self.content.iter_mut().zip(other.content) {
            *content |= new;
        }
    }
}

/// The best template position, unless a content position is clearly better; the header when nothing is preserved.
fn choose(sps: &[Vec<f64>], tail: &Tail, text: Option<&Text>) -> SemanticPosition {
    let layers = sps.len() - 1;
    let upper = [layers - layers / 2, layers.saturating_sub(1)];
    let positions = tail.ids.len();
    let score = |j: usize| {
        let rows = &sps[upper[0]..=upper[1]];
        rows.iter().map(|row| row[j]).sum::<f64>() / rows.len() as f64
    };
    // `max_by` keeps the last of equals: the later position.
    let best = |content: bool| {
        (0..positions).filter(|&j| tail.content[j] == content).map(|j| (j, score(j))).max_by(|a, b| a.1.total_cmp(&b.1))
    };
    let (j, rule) = match (best(false), best(true)) {
        (Some(t), Some(c)) if c.1 > t.1 + CONTENT_MARGIN => {
            (c, "a word of the question: clearly above every template position")
        }
        (Some(t), _) => (t, "best template position"),
        (None, Some(c)) => (c, "a word of the question: there is no template position"),
        (None, None) => ((positions - 1, 0.0), "last prompt token"),
    };
    let (offset, score, rule) = match tail.header {
        Some(header) if j.1 <= FLOOR => {
            let column = positions as i64 + header;
            let score = if column >= 0 { score(column as usize) } else { j.1 };
            (header, score, "generation header: no position preserves meaning")
        }
        _ => (j.0 as i64 - positions as i64, j.1, rule),
    };
    let column = usize::try_from(positions as i64 + offset).ok();
    let id = column.and_then(|column| tail.ids[column]);
    SemanticPosition {
        offset,
        token: id.and_then(|id| text.and_then(|text| text.token(id))),
        score,
        layers: upper,
        rule: rule.into(),
    }
}

fn encode(model: &Model, question: &str, options: &Options) -> Result<Prompt> {
    let text = model.text.as_ref().ok_or_else(|| {
        Error::new(
            Code::MissingTokenizer,
            "semantic preservation is measured on text, and the model has no tokenizer.",
            "Add tokenizer.json to the folder.",
        )
    })?;
    let content = format!("{}{question}", options.prefix);
    let prompt = if text.has_template() {
        let chat =
            ChatOptions { add_generation_prompt: true, system: options.system.clone(), ..ChatOptions::default() };
        text.encode_chat(&[Message { role: "user".into(), content }], &chat)?
    } else {
        text.encode_base(&content)?
    };
    model.decoder.check_ids(&prompt.ids)?;
    Ok(prompt)
}

/// Hidden states 0..=L (the last after the final norm) at the last positions, scaled to unit length:
/// `[layers + 1, tail, hidden]`.
async fn unit_states(model: &Model, ids: &[u32], tail: usize, pacer: &Pacer<'_>) -> Result<Vec<f64>> {
    let decoder = &model.decoder;
    let cut = |x: &Tensor<2>| cut_rows(x.clone(), ids.len() - tail, tail);
    let mut states = Vec::new();
    let mut cache = Cache::new(decoder.config.layers);
    let span = decoder.span(0, ids.len());
    let layers = 0..decoder.config.layers;
    let mut tap = |_: usize, x: &Tensor<2>, _| states.push(cut(x));
    let top = decoder.forward(decoder.embed(ids), layers, &span, &mut cache, pacer, &mut tap).await?;
    states.push(decoder.final_norm().forward(cut(&top)));
    let flat = read(stack(states)).await?;
    let mut unit: Vec<f64> = flat.into_iter().map(f64::from).collect();
    for state in unit.chunks_exact_mut(decoder.config.hidden) {
        // A zero vector stays zero: its cosine with anything is 0.
        let norm = state.iter().map(|v| v * v).sum::<f64>().sqrt().max(1e-12);
        state.iter_mut().for_each(|v| *v /= norm);
    }
    Ok(unit)
}

/// Mean cosine over ordered pairs of `n` different unit vectors from their sum `[.., width]`: (‖Σ‖² − n) / (n(n − 1)).
fn mean_cosine(sum: &[f64], n: usize, width: usize) -> Vec<f64> {
    let n = n as f64;
    sum.chunks_exact(width).map(|s| (s.iter().map(|v| v * v).sum::<f64>() - n) / (n * (n - 1.0))).collect()
}

fn add(sum: &mut Vec<f64>, values: &[f64]) {
    if sum.is_empty() {
        sum.resize(values.len(), 0.0);
    }
    for (s, v) in sum.iter_mut().zip(values) {
        *s += v;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five hidden states (four layers), three positions; the upper half is 2..=3.
    fn map(scores: [f64; 3]) -> Vec<Vec<f64>> {
        (0..5).map(|l| scores.iter().map(|s| if l == 2 || l == 3 { *s } else { 9.0 }).collect()).collect()
    }

    fn tail(content: [bool; 3]) -> Tail {
        Tail { ids: vec![None, Some(1), Some(2)], content: content.to_vec(), header: Some(-2) }
    }

    #[test]
    fn template_positions_win_unless_content_is_clearly_better() {
        let content = tail([true, false, false]);
        let offset = |scores, tail: &Tail| choose(&map(scores), tail, None).offset;
        assert_eq!(offset([0.1, 0.06, 0.06], &content), -1, "ties go to the later position");
        assert_eq!(offset([0.1, 0.07, 0.06], &content), -2);
        assert_eq!(offset([0.2, 0.07, 0.06], &content), -3);
        assert_eq!(offset([0.02, 0.01, 0.02], &content), -2, "nothing preserved: the header");
        assert_eq!(choose(&map([0.2, 0.0, 0.0]), &content, None).layers, [2, 3]);
    }

    #[test]
    fn mean_cosine_of_known_vectors() {
        // (1, 0), (0, 1) and (1, 0): cosines 0, 0, 1 over three pairs.
        let got = mean_cosine(&[2.0, 1.0], 3, 2);
        assert!((got[0] - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn repeated_and_blank_paraphrases_do_not_count() {
        let q = Question {
            id: 1.into(),
            question: "a".into(),
            paraphrases: ["b", "a", " ", "b", "c"].map(String::from).to_vec(),
        };
        assert_eq!(q.distinct(2), Some(vec!["b", "c"]));
        assert_eq!(q.distinct(3), None);
    }
}
