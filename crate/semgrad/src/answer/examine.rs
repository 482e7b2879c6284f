//! The step about answers that others wrote: which of their words stand out, what the model says when asked, what it would have
//! answered, and what its profile makes of that. Everything here runs beside the pass of `gather`, whose numbers it reads.

use super::aids::Aids;
use super::examinable::reason;
use super::gather::Gathered;
use super::manner;
use super::model::Model;
use super::observer::Observer;
use super::plan::Plan;
use super::prompt::bad;
use super::respond::Response;
use crate::confidence::explanation::none;
use crate::confidence::reasons;
use crate::confidence::state;
use crate::control::Pacer;
use crate::error::Result;
use crate::evidence::ask::Asker;
use crate::evidence::compare::{Judge as Entails, Similarity};
use crate::evidence::pass::Pass;
use crate::generate::batch::{Notes, sample};
use crate::generate::suffix::Interest;
use crate::generate::{Options, Silent, generate};
use crate::profile::Profile;
use crate::prompts::{correct, entailment};
use crate::text::Text;
use semgrad_scores::given::examined::{Examined, OddWord};
use semgrad_scores::given::judge::{Judge, NOT_FITTED};
use semgrad_scores::given::odd::odd;
use semgrad_scores::given::own::{Own, line};
use semgrad_scores::given::signals::{METHODS, SIGNALS, Seen, signals};
use semgrad_scores::given::words::{Word, content_words};
use semgrad_scores::record::EngineNames;
use std::collections::BTreeMap;

/// Own answers that a given one is compared with, the greedy one among them.
const OWN: usize = 5;
/// Most tokens of each: a name, a date, a short sentence.
const OWN_TOKENS: usize = 24;
/// Temperature of those that are drawn.
const TEMPERATURE: f64 = 1.0;

/// The content words of the given answer of a request that asks for its examination, and which of them stand out: all of it is
/// known from the pass, and told at once. None where nothing is examined.
///
/// # Errors
/// Those of the tokenizer.
pub fn words(
    model: &Model,
    plan: &mut Plan<'_>,
    response: &Response,
    pass: Option<&Pass<'_>>,
    observer: &mut dyn Observer,
) -> Result<Option<(Vec<Word>, Vec<OddWord>)>> {
    let is_examined = plan.request.examine.unwrap_or(false) && reason(plan.request, plan.kind).is_none();
    let (true, Some(question), Some(text), Some(pass)) = (is_examined, plan.question, model.text.as_ref(), pass) else {
        return Ok(None);
    };
    let mut pieces = text.pieces(&response.ids)?;
    // What ends a turn is no part of what was said, though a tokenizer may spell it.
    if let Some((piece, _)) = pieces.last_mut().zip(response.ids.last()).filter(|(_, id)| plan.stop_ids.contains(id)) {
        piece.clear();
    }
    // Places are told in the text as it was given.
    let answer = plan.request.answer.as_deref().or(response.text.as_deref()).unwrap_or_default();
    let words = content_words(question, answer, &pieces, &pass.statistics()).unwrap_or_else(|_| {
        let warning = "the tokenizer spells the answer in other letters: none of its words are looked at";
        plan.warnings.push(warning.into());
        Vec::new()
    });
    let odd = odd(answer, &words);
    observer.odd(&odd);
    Ok(Some((words, odd)))
}

/// Examines the given answer of a request that asks for it.
///
/// # Errors
/// `missing_tokenizer`, `bad_input` where question and answer leave no room, `aborted`, `device_lost`; those of the engines.
pub async fn examine(
    model: &Model,
    plan: &mut Plan<'_>,
    profile: Option<&Profile>,
    response: &Response,
    words: Option<(Vec<Word>, Vec<OddWord>)>,
    gathered: &Gathered,
    pacer: &Pacer<'_>,
) -> Result<Option<Examined>> {
    if !plan.request.examine.unwrap_or(false) {
        return Ok(None);
    }
    if let Some(reason) = reason(plan.request, plan.kind) {
        return Ok(Some(Examined { none: Some(none::sentence(Some(reason))), ..Examined::default() }));
    }
    let (Some(question), Some(text), Some((words, odd))) = (plan.question, model.text.as_ref(), words) else {
        return Ok(None);
    };
    let answer = plan.request.answer.as_deref().or(response.text.as_deref()).unwrap_or_default();
    let (system, stop_ids) = (plan.request.system.as_deref(), plan.stop_ids.as_slice());
    let asker = Asker { decoder: &model.decoder, text, system, stop_ids, pacer };
    let (correct, state) = asked(&asker, question, answer).await?;
    let own = own_answers(model, plan, text, pacer).await?;
    let own = match own {
        Some(own) => {
            let names = plan.request.engines.clone().unwrap_or_default();
            Some(compared(own, &plan.aids, &names, Some(question), answer, pacer).await?)
        }
        None => None,
    };
    let score = |id: &'static str| Some((id, gathered.scores.get(id)?.score));
    let seen = Seen {
        question,
        answer,
        words,
        scores: METHODS.into_iter().filter_map(score).collect(),
        correct: Some(correct),
        own,
    };
    let signals = signals(&seen);
    let own_answers = seen.own.as_ref().map_or(0, |own| own.texts.len());
    let (judgement, none) = match fitting(model, plan, profile).and_then(|judge| judge.speaks(own_answers)) {
        Ok(judge) => (Some(judge.judge(&signals, &state)), None),
        Err(why) => (None, Some(why)),
    };
    Ok(Some(Examined {
        odd,
        own: seen.own.as_ref().and_then(|own| own.told(question, answer)),
        judgement,
        none,
        signals,
        state: plan.request.state.unwrap_or(false).then_some(state),
    }))
}

/// What the profile says of answers that others wrote, or why that does not hold here, for people.
fn fitting<'a>(model: &Model, plan: &Plan<'_>, profile: Option<&'a Profile>) -> std::result::Result<&'a Judge, String> {
    let fitted = profile.and_then(|profile| Some((&profile.key, profile.given.as_ref()?)));
    let Some((key, judge)) = fitted else { return Err(NOT_FITTED.to_owned()) };
    let template = model.text.as_ref().and_then(Text::template_hash);
    let reason = match () {
        () if model.adapter().is_some() => reasons::ADAPTER,
        () if key.template != template || key.prefix != plan.prefix => reasons::OTHER_KEY,
        () if manner::system(plan.request) != Some(None) => reasons::SYSTEM,
        () => return Ok(judge),
    };
    Err(none::sentence(Some(reason)))
}

/// What the model says to the question whether the answer is correct, and its state there.
async fn asked(asker: &Asker<'_>, question: &str, answer: &str) -> Result<(f64, Vec<f32>)> {
    let prompt = asker.prompt(&correct::request(question, answer), 1)?;
    let layer = state::layer(asker.decoder.config.layers);
    let groups = [entailment::YES, entailment::NO];
    let (masses, state) = asker.masses_and_state(&prompt, &groups, Some(layer)).await?;
    Ok((correct::probability(masses[0], masses[1]), state))
}

/// Short answers of the model's own to the same prompt, the greedy one first; none where none are wanted.
async fn own_answers(model: &Model, plan: &Plan<'_>, text: &Text, pacer: &Pacer<'_>) -> Result<Option<Own>> {
    let wanted = plan.request.own_answers.unwrap_or(OWN);
    let (decoder, prompt) = (&model.decoder, plan.prompt.ids.as_slice());
    let max_tokens = OWN_TOKENS.min(decoder.config.context.saturating_sub(prompt.len()));
    if wanted == 0 {
        return Ok(None);
    }
    if max_tokens == 0 {
        return Err(bad("the question leaves no room for an answer.", "Shorten it, or set own_answers to 0."));
    }
    let seed = plan.request.seed.unwrap_or(0);
    let key = (prompt.to_vec(), wanted, seed);
    if let Some((_, known)) = model.own.borrow().as_ref().filter(|(of, _)| *of == key) {
        return Ok(Some(known.clone()));
    }
    let options = |temperature| Options { max_tokens, temperature, seed, stop_ids: plan.stop_ids.clone() };
    let interest = Interest { start: prompt.len() - 1, first_layer: decoder.config.layers, gradients: false };
    let session = model.session.borrow().clone();
    let greedy = generate(decoder, session.clone(), prompt, interest, &options(0.0), pacer, &mut Silent).await?;
    let mut own = Own::default();
    let mut add = |ids: &[u32], logprobs: &mut dyn Iterator<Item = f64>| -> Result<()> {
        own.texts.push(text.decode(ids, true)?);
        own.logprob.push(logprobs.sum::<f64>() / ids.len() as f64);
        Ok(())
    };
    add(&greedy.ids, &mut greedy.statistics.iter().map(|token| token.logprob))?;
    if wanted > 1 {
        let notes = Notes::default();
        let drawn = sample(decoder, session, prompt, wanted - 1, &options(TEMPERATURE), notes, pacer).await?;
        drawn.iter().try_for_each(|sample| add(&sample.ids, &mut sample.logprob.iter().copied()))?;
    }
    model.own.replace(Some((key, own.clone())));
    Ok(Some(own))
}

/// The signals that the encoders which were loaded give of an answer beside the model's own, which may be known from a record: what
/// `examine` gives of the same, without a pass of the model.
///
/// # Errors
/// Those of the engines; `aborted`.
pub async fn of_encoders(
    model: &Model,
    names: &EngineNames,
    [question, answer]: [&str; 2],
    own: &[String],
    pacer: &Pacer<'_>,
) -> Result<BTreeMap<&'static str, f64>> {
    let aids = model.aids.borrow().clone();
    let own = Own { texts: own.to_vec(), ..Own::default() };
    let own = compared(own, &aids, names, Some(question), answer, pacer).await?;
    let mut signals = signals(&Seen { question, answer, own: Some(own), ..Seen::default() });
    signals
        .retain(|id, value| SIGNALS.iter().any(|signal| signal.is_of_encoder && signal.id == *id) && !value.is_nan());
    Ok(signals)
}

/// The same, compared with the given answer by the encoders that were loaded.
async fn compared(
    own: Own,
    aids: &Aids,
    names: &EngineNames,
    question: Option<&str>,
    answer: &str,
    pacer: &Pacer<'_>,
) -> Result<Own> {
    let mut own = own;
    let texts: Vec<String> = own.texts.iter().map(|text| line(text).to_owned()).collect();
    if let Ok(engine @ Similarity::Encoder(_)) = aids.similarity(names) {
        let losses = engine.losses(question, answer, &texts, pacer).await?;
        own.similarity = Some(losses.into_iter().map(|loss| 1.0 - loss).collect());
    }
    if let Ok(engine @ Entails::Encoder(_)) = aids.judge(names, None) {
        let pairs: Vec<(String, String)> = texts.into_iter().map(|text| (answer.to_owned(), text)).collect();
        let judged = engine.of_pairs(question, &pairs, pacer).await?;
        own.contradiction = Some(judged.into_iter().map(|said| said.contradict).collect());
    }
    Ok(own)
}
