//! What every stage has at hand: what is planned, answered and drawn, whom to ask, and the evidence so far.

use crate::answer::aids::Aids;
use crate::answer::draw::Drawn;
use crate::answer::model::Model;
use crate::answer::plan::Plan;
use crate::confidence::state::State;
use crate::control::Pacer;
use crate::error::{Code, Error, Result};
use crate::evidence::ask::Asker;
use crate::evidence::compare::{Judge, Similarity};
use crate::evidence::pass::{HiddenGradients, Pass};
use semgrad_scores::evidence::Evidence;
use semgrad_scores::evidence::observed::Alternative;
use semgrad_scores::record::EngineNames;

/// Gathers evidence about one answer.
pub struct Gatherer<'a> {
    /// The model.
    pub model: &'a Model,
    /// What is to be done.
    pub plan: &'a Plan<'a>,
    /// Ids of the answer.
    pub response: &'a [u32],
    /// Samples.
    pub drawn: &'a Drawn,
    /// The pass over the suffix, where there is one.
    pub pass: Option<&'a Pass<'a>>,
    /// The model as someone to ask; `None` without a tokenizer.
    pub asker: Option<Asker<'a>>,
    /// The caller's side.
    pub pacer: &'a Pacer<'a>,
    /// Engines, word lists and probes: those of the plan, then what the caller loaded meanwhile.
    pub aids: Aids,
    /// What methods read.
    pub evidence: Evidence,
    /// The hidden state that the plan looks at.
    pub state: Option<State>,
    /// Gradients by layer and position, for whoever asked for more than the semantic position.
    pub hidden: HiddenGradients,
    /// By token of the answer what else might have stood there, for whoever asked for it.
    pub rivals: Vec<Vec<Alternative>>,
}

impl<'a> Gatherer<'a> {
    /// The pass. Stages that read it run only where there is one.
    pub fn pass(&self) -> Result<&'a Pass<'a>> {
        self.pass.ok_or_else(|| Error::internal("evidence is to be read off a pass that did not run."))
    }

    /// The model as someone to ask.
    pub fn asker(&self) -> Result<&Asker<'a>> {
        self.asker.as_ref().ok_or_else(|| {
            Error::new(
                Code::MissingTokenizer,
                "this method reads texts, and the model has no tokenizer.",
                "Add tokenizer.json to the folder, or leave the method out.",
            )
        })
    }

    /// The question's text.
    pub fn question(&self) -> Result<&'a str> {
        self.plan.question.ok_or_else(|| {
            let advice = "Give \"question\" or \"messages\" instead of \"prompt_ids\".";
            Error::new(Code::BadInput, "this method asks about the question's text, which was not given.", advice)
        })
    }

    /// Who compares texts.
    pub fn similarity(&self) -> Result<Similarity<'_>> {
        self.aids.similarity(&self.engines())
    }

    /// Who judges entailment.
    pub fn judge(&self) -> Result<Judge<'_>> {
        self.aids.judge(&self.engines(), self.asker.as_ref())
    }

    fn engines(&self) -> EngineNames {
        self.plan.request.engines.clone().unwrap_or_default()
    }
}
