//! What is missing of a question's line, how the model is asked for it, and the lines of many questions, one after the other.

use super::dataset::Question;
use super::store::{self, Store};
use crate::jsonl::guarded;
use crate::progress::bar;
use crate::stop::Stop;
use semgrad::answer::record::{Record, Request};
use semgrad::answer::{Model, Unobserved};
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::methods::Method;
use semgrad::{Code, Error, Result};
use serde_json::{Map, Value, json};

/// What every question is asked for.
pub struct Plan {
    /// Common to all requests.
    pub defaults: Request,
    /// Scores of a new question.
    pub methods: Vec<&'static Method>,
    /// Whether they were named: then lines that lack some get them.
    pub named: bool,
    /// For temperature sensitivity.
    pub temperatures: Vec<f64>,
    /// Whether lines without the hidden state for calibration get it; new ones have it anyway.
    pub states: bool,
}

/// What is missing of a line.
#[derive(Debug, PartialEq)]
pub enum Lack {
    /// The answer, and with it everything else.
    Answer,
    /// Parts of an answer that is there.
    Parts {
        /// Scores.
        methods: Vec<&'static str>,
        /// Scores at these.
        temperatures: Vec<f64>,
        /// The hidden state.
        state: bool,
    },
}

fn sampled(method: &Method) -> bool {
    method.needs.iter().any(|need| need.sampled())
}

impl Plan {
    /// Whether answers are drawn beside the greedy one.
    pub fn samples(&self) -> bool {
        self.defaults.samples.is_some() || self.methods.iter().any(|method| sampled(method))
    }

    /// What `line` lacks, if anything.
    pub fn lacks(&self, line: Option<&Value>) -> Option<Lack> {
        let Some(line) = line else { return Some(Lack::Answer) };
        let lacking = |method: &&&'static Method| match line.get("scores").and_then(|scores| scores.get(method.id)) {
            None => true,
            // An engine may be there by now.
            Some(score) => score.pointer("/error/code").and_then(Value::as_str) == Some("engine_required"),
        };
        let methods: Vec<_> = match self.named {
            true => self.methods.iter().filter(lacking).map(|method| method.id).collect(),
            false => Vec::new(),
        };
        let there: Vec<f64> = line.get("temperatures").and_then(Value::as_array).map_or_else(Vec::new, |list| {
            list.iter().filter_map(|at| at.get("temperature").and_then(Value::as_f64)).collect()
        });
        let temperatures: Vec<f64> = self.temperatures.iter().copied().filter(|t| !there.contains(t)).collect();
        let state = self.states && line.get("state").is_none_or(Value::is_null);
        let lacking = state || !methods.is_empty() || !temperatures.is_empty();
        lacking.then_some(Lack::Parts { methods, temperatures, state })
    }

    /// The line with what it lacked.
    pub fn complete(&self, model: &Model, question: &Question, line: Option<&Value>, lack: &Lack) -> Result<Value> {
        let ask = |request: Request| self.ask(model, question, request);
        let mut line = match (line, lack) {
            (Some(line), Lack::Parts { .. }) => line.clone(),
            _ => value(ask(Request { methods: Some(ids(&self.methods)), ..Request::default() })?)?,
        };
        if let Lack::Parts { methods, state, .. } = lack
            && (*state || !methods.is_empty())
        {
            let more = value(ask(self.more(&line, methods)?)?)?;
            merge(&mut line, more);
        }
        let temperatures = match lack {
            Lack::Answer => &self.temperatures,
            Lack::Parts { temperatures, .. } => temperatures,
        };
        for &temperature in temperatures {
            let record = ask(self.tempered(&line, temperature)?)?;
            let scores: Map<String, Value> =
                record.scores.iter().map(|(id, score)| ((*id).to_owned(), json!(score.score))).collect();
            let at = json!({ "temperature": temperature, "scores": scores });
            match line.get_mut("temperatures").and_then(Value::as_array_mut) {
                Some(list) => list.push(at),
                None => line["temperatures"] = json!([at]),
            }
        }
        Ok(line)
    }

    /// Further scores and the state of an answer that is there.
    fn more(&self, line: &Value, methods: &[&'static str]) -> Result<Request> {
        let draws = self.methods.iter().any(|method| methods.contains(&method.id) && sampled(method));
        Ok(Request {
            methods: Some(methods.iter().map(|&id| id.to_owned()).collect()),
            response_ids: Some(response(line)?),
            samples: self.defaults.samples.filter(|_| draws),
            ..Request::default()
        })
    }

    /// The same question at another temperature: that of the samples where scores are made of samples, else that of the
    /// answer.
    fn tempered(&self, line: &Value, temperature: f64) -> Result<Request> {
        let temperature = Some(temperature);
        if self.samples() {
            let methods: Vec<_> = self.methods.iter().copied().filter(|method| sampled(method)).collect();
            let response_ids = Some(response(line)?);
            let samples = self.defaults.samples;
            return Ok(Request {
                methods: Some(ids(&methods)),
                temperature,
                response_ids,
                samples,
                ..Request::default()
            });
        }
        Ok(Request { methods: Some(ids(&self.methods)), temperature, ..Request::default() })
    }

    fn ask(&self, model: &Model, question: &Question, request: Request) -> Result<Record> {
        let (id, question) = (Some(question.id.clone().into()), Some(question.question.clone()));
        // Samples are not a default: a request for scores that need none should not draw any.
        let samples = request.samples.or(match request.response_ids {
            None if request.temperature.is_none() => self.defaults.samples,
            _ => None,
        });
        let defaults = Request { samples: None, ..self.defaults.clone() };
        let request = Request { id, question, samples, ..request }.or(&defaults);
        guarded(|| pollster::block_on(model.run(&request, &Pacer::new(&Uninterrupted), &mut Unobserved)))
    }
}

/// A question of a set whose line lacks something.
pub struct Todo<'a> {
    /// The set's name.
    pub set: &'a str,
    /// The question.
    pub question: &'a Question,
    /// What its line lacks.
    pub lack: Lack,
}

/// Writes the line of each question as soon as `ask` has made it of the one before, and says how many failed. One that
/// failed loses no other: its line says why, or, if there was one before, that one stays.
pub fn fill<'a>(
    store: &mut Store,
    todo: &[Todo<'a>],
    what: &str,
    ask: &mut dyn FnMut(&Todo<'a>, Option<&Value>) -> Result<Value>,
) -> std::result::Result<usize, Stop> {
    let bar = bar(&format!("{what}  {{pos}}/{{len}}  {{bar:30}}  {{eta}} left"));
    bar.set_length(todo.len() as u64);
    let mut failed = 0;
    for one in todo {
        let Todo { set, question, .. } = one;
        let before = store.get(set, question);
        match ask(one, before) {
            Ok(line) => store.put(line)?,
            // The answer that is there stays.
            Err(error) if before.is_some() => {
                eprintln!("{} of {set}: {error}", question.id);
                failed += 1;
            }
            Err(error) => {
                failed += 1;
                store.put(store::line(set, question, json!({ "error": error })))?;
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(failed)
}

fn ids(methods: &[&'static Method]) -> Vec<String> {
    methods.iter().map(|method| method.id.to_owned()).collect()
}

fn value(record: Record) -> Result<Value> {
    serde_json::to_value(record).map_err(|error| Error::internal(error.to_string()))
}

/// The ids of an answer.
fn response(line: &Value) -> Result<Vec<u32>> {
    let ids = line.get("response_ids").cloned().and_then(|ids| serde_json::from_value(ids).ok());
    ids.ok_or_else(|| {
        let message = "the line has no response_ids, so its answer cannot be scored again.";
        Error::new(Code::BadInput, message, "Leave the line out, or score it with `semgrad score`.")
    })
}

/// Adds the scores of `more`, and its samples and state where there are none.
fn merge(line: &mut Value, more: Value) {
    let Value::Object(mut more) = more else { return };
    if let Some(Value::Object(scores)) = more.remove("scores") {
        scores.into_iter().for_each(|(id, score)| line["scores"][id] = score);
    }
    if line.get("state").is_none_or(Value::is_null)
        && let Some(state) = more.remove("state")
    {
        line["state"] = state;
    }
    if line.get("samples").is_none_or(Value::is_null)
        && let Some(samples) = more.remove("samples")
    {
        line["samples"] = samples;
        line["ms"]["samples"] = more.get("ms").and_then(|ms| ms.get("samples")).cloned().unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use semgrad::methods::select;

    fn plan(methods: &[&str], named: bool, temperatures: &[f64]) -> Plan {
        let methods = select(methods).unwrap();
        Plan { defaults: Request::default(), methods, named, temperatures: temperatures.to_vec(), states: false }
    }

    #[test]
    fn only_what_is_missing_is_asked_for() {
        let line = json!({
            "scores": {"semgrad": {"score": 1}, "sar": {"score": null, "error": {"code": "engine_required"}}},
            "temperatures": [{"temperature": 0.5, "scores": {}}],
        });
        assert_eq!(plan(&["semgrad"], true, &[]).lacks(None), Some(Lack::Answer));
        assert_eq!(plan(&["semgrad"], true, &[0.5]).lacks(Some(&line)), None);
        assert_eq!(plan(&["gnll"], false, &[]).lacks(Some(&line)), None);
        assert_eq!(
            plan(&["semgrad", "gnll", "sar"], true, &[0.5, 1.0]).lacks(Some(&line)),
            Some(Lack::Parts { methods: vec!["gnll", "sar"], temperatures: vec![1.0], state: false })
        );
        let states = |line| Plan { states: true, ..plan(&["semgrad"], true, &[]) }.lacks(Some(line));
        assert_eq!(states(&line), Some(Lack::Parts { methods: vec![], temperatures: vec![], state: true }));
        assert_eq!(states(&json!({"scores": {"semgrad": {"score": 1}}, "state": {"layer": 3, "values": [1]}})), None);
    }

    #[test]
    fn further_scores_keep_the_first() {
        let mut line = json!({"answer": "a", "scores": {"x": {"score": 1}}, "ms": {"decode": 5}});
        merge(
            &mut line,
            json!({"answer": "b", "scores": {"y": {"score": 2}}, "samples": [1], "state": {"layer": 3}, "ms": {"samples": 7, "decode": 0}}),
        );
        let want = json!({"answer": "a", "scores": {"x": {"score": 1}, "y": {"score": 2}}, "ms": {"decode": 5, "samples": 7}, "samples": [1], "state": {"layer": 3}});
        assert_eq!(line, want);
    }
}
