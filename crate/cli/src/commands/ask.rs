//! `semgrad ask`: one question, the answer as it comes, then how far to trust it.

use crate::load::{AdapterArguments, EngineArguments, ModelArguments, open};
use crate::request::RequestArguments;
use crate::stop::Stop;
use clap::Args;
use semgrad::Error;
use semgrad::answer::Observer;
use semgrad::answer::record::{Record, Request};
use semgrad::confidence::explanation::Explanation;
use semgrad::confidence::units::are_right;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::generate::statistics::TokenStatistics;

/// Arguments of `semgrad ask`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    adapter: AdapterArguments,
    #[command(flatten)]
    engines: EngineArguments,
    #[command(flatten)]
    request: RequestArguments,
    /// Also say what is guaranteed, the scores with their cost, and where the time went; --methods says it as well.
    #[arg(long)]
    scores: bool,
    /// The whole result as JSON instead of text.
    #[arg(long)]
    json: bool,
    /// The question.
    question: String,
}

struct Printer;

impl Observer for Printer {
    fn token(&mut self, _: usize, id: u32, text: Option<&str>, _: &TokenStatistics) {
        match text {
            Some(text) => say!("{text}"),
            None => say!("{id} "),
        }
    }
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let mut request =
        Request { question: Some(arguments.question), ..Request::default() }.or(&arguments.request.defaults()?);
    let model = open(&arguments.model, &arguments.adapter, arguments.request.profile.as_deref())?;
    request.engines = Some(arguments.engines.attach(&model)?);
    let pacer = Pacer::new(&Uninterrupted);
    let mut silent = semgrad::answer::Unobserved;
    let observer: &mut dyn Observer = if arguments.json { &mut silent } else { &mut Printer };
    let record = pollster::block_on(model.run(&request, &pacer, observer)).map_err(Stop::Failed)?;
    if arguments.json {
        say_line!("{}", serde_json::to_string(&record).map_err(|e| Stop::Failed(Error::internal(e.to_string())))?);
        return Ok(());
    }
    say_line!("\n\n{}", judgment(&record.explanation));
    if arguments.scores || request.methods.is_some() {
        details(&record);
    }
    for warning in &record.warnings {
        say_line!("warning: {warning}");
    }
    Ok(())
}

/// How far to trust the answer: the verdict with the chance, or why there is none, how good the model is, how many of the
/// drawn answers agree, and reasons.
fn judgment(told: &Explanation) -> String {
    let verdict = [Some(format!("{}.", told.verdict)), told.chance.clone(), told.none.clone()];
    let verdict = verdict.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let reasons = told.reasons.iter().map(|reason| format!("- {reason}"));
    let lines: Vec<String> =
        std::iter::once(verdict).chain(told.level.clone()).chain(told.agreement.clone()).chain(reasons).collect();
    lines.join("\n")
}

/// What the judgment is made of.
fn details(record: &Record) {
    say_line!("");
    for sentence in [&record.explanation.guarantee, &record.verdict_reason].into_iter().flatten() {
        say_line!("{sentence}");
    }
    for (id, score) in &record.scores {
        let meaning = match (&score.error, score.confidence) {
            (Some(error), _) => error.message.clone(),
            (None, Some(share)) => format!("of 100 such scores {}", are_right(share)),
            (None, None) => "not calibrated".into(),
        };
        say_line!("{id:<26} {:<12.4e} {:>8.0} ms  {meaning}", score.score, score.ms);
    }
    let position = &record.semantic_position;
    let token = position.token.as_deref().unwrap_or("?");
    say_line!("semantic position {} {token:?} ({})", position.offset, position.rule);
    let (ms, tokens) = (record.ms, record.tokens.len());
    say_line!("prompt {:.0} ms, {tokens} tokens {:.0} ms, scores {:.0} ms", ms.prefill, ms.decode, ms.score);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_leads_and_reasons_follow() {
        let told = Explanation {
            verdict: "Check this",
            chance: Some("Of 100 answers like this, about 52 are right.".into()),
            level: Some("This model got 20 of 100 test questions right.".into()),
            agreement: Some("8 of 10 further answers agree with this one.".into()),
            reasons: vec!["It hesitated over its words more than usual.".into()],
            guarantee: Some("Not shown here.".into()),
            none: None,
        };
        assert_eq!(
            judgment(&told),
            "Check this. Of 100 answers like this, about 52 are right.\n\
             This model got 20 of 100 test questions right.\n\
             8 of 10 further answers agree with this one.\n\
             - It hesitated over its words more than usual."
        );
        let none =
            Explanation { verdict: "No judgment", none: Some("Nobody tested it.".into()), ..Explanation::default() };
        assert_eq!(judgment(&none), "No judgment. Nobody tested it.");
    }
}
