//! What `semgrad tune` is asked for.

use crate::jsonl::unusable;
use crate::load::{EngineArguments, ModelArguments};
use crate::stop::Stop;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use semgrad::asking::Asking;
use semgrad::profile::{Key, Profile};
use semgrad::tune::Options;
use semgrad::weights::config::ModelConfig;
use semgrad_scores::abstain::asked::USUAL;
use semgrad_scores::abstain::doubt::asked::TOKENS;
use semgrad_scores::abstain::doubt::choose::{MOST, Rule};
use semgrad_scores::abstain::target::{Description, TEACHERS, Teacher};
use semgrad_scores::confidence::calibration::{self, Calibration};
use std::path::{Path, PathBuf};

/// What kind of answers a model is taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Answers {
    /// A question is answered, or refused.
    Short,
    /// Of the claims of a long answer the most doubtful ones become doubts, or are left out.
    Long,
}

/// Arguments of `semgrad tune`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    pub model: ModelArguments,
    #[command(flatten)]
    pub engines: EngineArguments,
    /// Questions to learn from: JSONL with "question" a line, TruthfulQA.csv, or the JSON of SciQ or TriviaQA. Right answers
    /// are not needed, but for the teacher labels.
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    pub data: Vec<PathBuf>,
    /// Other questions, with right answers, by which the threshold is chosen and the result is measured.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub validation: Vec<PathBuf>,
    /// Folder of the results; what is there already is not done again.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Folder of another run whose questions are asked already: other teachers and seeds need no new answers.
    #[arg(long, value_name = "DIR")]
    pub asked: Option<PathBuf>,
    /// A further round: an adapter of this model, as an earlier run left it, answers the questions and is trained on.
    #[arg(long, value_name = "PATH")]
    pub begin: Option<PathBuf>,
    /// Questions of each file, from its first; all if not said.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    pub n: Option<u64>,
    /// Teach to refuse questions, or to state doubts inside long answers.
    #[arg(long, value_enum, default_value_t = Answers::Short)]
    pub answers: Answers,
    /// Of long answers: share of all claims that are doubted, at most; never more than a fifth of those of one answer.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub doubted: Option<f64>,
    /// Who says what the model does not know; if not said, confidence where the questions are asked as the profile's were,
    /// else semantic_entropy.
    #[arg(long, value_parser = teachers())]
    pub teacher: Option<Teacher>,
    /// Refuse above this value of the teacher: nats of an entropy, or 1 − a confidence.
    #[arg(long, allow_negative_numbers = true, value_parser = finite)]
    pub tau: Option<f64>,
    /// Choose the threshold so that this share of the questions would be answered.
    #[arg(long, value_name = "SHARE", value_parser = share, conflicts_with = "tau")]
    pub engagement: Option<f64>,
    /// Share of the questions that is left out on either side of the threshold, at most.
    #[arg(long, value_name = "SHARE", default_value_t = 0.1, value_parser = share)]
    pub band: f64,
    /// Keep all targets, instead of as many refusals as answers.
    #[arg(long)]
    pub unbalanced: bool,
    /// Share of answers to ordinary instructions among what is learned.
    #[arg(long, value_name = "SHARE", default_value_t = 0.25, value_parser = share)]
    pub replay: f64,
    /// Who judges by words what is right, for labels and validation: containment, rouge_l, f1 or truth_rouge, with
    /// @THRESHOLD if wanted.
    #[arg(long)]
    pub judge: Option<String>,
    /// Profile file, or none; without it the one beside the weights is used, or else the one that is shipped for them.
    #[arg(long)]
    pub profile: Option<PathBuf>,
    /// Samples a question; 10 if not said where the teacher compares them, else none.
    #[arg(long)]
    pub samples: Option<usize>,
    /// Their temperature.
    #[arg(long, default_value_t = 1.0)]
    pub temperature: f64,
    /// Most tokens of an answer: 32, or 160 of long ones. A longer one is cut off; if short, it is not learned from.
    #[arg(long)]
    pub max_tokens: Option<usize>,
    /// Seed of the samples.
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    pub sampling_seed: u64,
    /// Seed of what is drawn of the targets, and of training.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Put before every question; that of the profile, if not said.
    #[arg(long)]
    pub prefix: Option<String>,
    /// System message.
    #[arg(long)]
    pub system: Option<String>,
    /// Times that each example is seen; 3 if not said, and more often if there are few.
    #[arg(long)]
    pub epochs: Option<usize>,
    /// Examples of a step; 8 if not said, and fewer if there are few.
    #[arg(long)]
    pub batch: Option<usize>,
    /// Largest step width.
    #[arg(long, default_value_t = Options::default().learning_rate)]
    pub learning_rate: f64,
    /// Rank of the change.
    #[arg(long, default_value_t = Options::default().rank)]
    pub rank: usize,
    /// The change is multiplied by this over its rank.
    #[arg(long, default_value_t = Options::default().alpha)]
    pub alpha: f64,
    /// Share of inputs that a change does not see in training.
    #[arg(long, default_value_t = Options::default().dropout)]
    pub dropout: f64,
    /// How many of the layers are changed, from the uppermost down; half of them if not said.
    #[arg(long, value_name = "NUMBER")]
    pub layers: Option<usize>,
    /// Which of their linear layers, by the ends of their names; separated by commas.
    #[arg(long, value_delimiter = ',', default_values_t = Options::default().parts)]
    pub parts: Vec<String>,
    /// Weight of the distance to what the model said before, on ordinary instructions.
    #[arg(long, default_value_t = Options::default().kl)]
    pub kl: f64,
    /// Stop when it is clear what would be learned: targets.jsonl has it.
    #[arg(long)]
    pub targets_only: bool,
}

impl Arguments {
    /// The folder of what was asked, which is made here like that of what comes of it.
    pub fn folder(&self) -> Result<&Path, Stop> {
        let asked = self.asked.as_ref().unwrap_or(&self.out);
        for folder in [asked, &self.out] {
            std::fs::create_dir_all(folder).map_err(|e| Stop::Failed(unusable(folder, &e)))?;
        }
        Ok(asked)
    }

    /// Who teaches.
    pub fn teacher(&self, profile: Option<&Profile>) -> Teacher {
        let is_asked_so = |profile: &Profile| {
            let Key { prefix, adapter, .. } = &profile.key;
            let is_own = |of: &Calibration| {
                of.conditions.answers == calibration::Answers::Own && of.conditions.system == self.system
            };
            // With an adapter there are no confidences of a model without one.
            let is_bare = adapter.is_none() && self.begin.is_none();
            is_bare && self.prefix.as_ref().is_none_or(|own| own == prefix) && profile.calibrations.iter().any(is_own)
        };
        let usual = || if profile.is_some_and(is_asked_so) { Teacher::Confidence } else { Teacher::SemanticEntropy };
        self.teacher.unwrap_or_else(usual)
    }

    /// How every question is asked.
    pub fn asking(&self, teacher: Teacher, profile: Option<&Profile>) -> Asking {
        let usual = || profile.map(|profile| profile.key.prefix.clone());
        Asking {
            samples: self.samples.unwrap_or(if teacher.description().samples { USUAL.samples } else { 0 }),
            temperature: Some(self.temperature),
            max_tokens: Some(self.max_tokens.unwrap_or(USUAL.answer_tokens)),
            seed: self.sampling_seed,
            prefix: Some(self.prefix.clone().or_else(usual).unwrap_or_default()),
            system: self.system.clone(),
            nli: None,
        }
    }

    /// The same for long answers: greedily, and without what a profile puts before its questions, which is for short ones.
    pub fn asking_long(&self) -> Asking {
        Asking {
            samples: 0,
            temperature: None,
            max_tokens: Some(self.max_tokens.unwrap_or(TOKENS)),
            ..self.asking(Teacher::None, None)
        }
    }

    /// And ordinary instructions, which are only rehearsed: no uncertainty of them is measured, and what stands before
    /// questions does not stand before them.
    pub fn asking_instructions(&self) -> Asking {
        let (max_tokens, prefix) = (Some(USUAL.replay_tokens), Some(String::new()));
        Asking { samples: 0, max_tokens, prefix, ..self.asking(Teacher::None, None) }
    }

    /// Which claims of long answers are doubted.
    pub fn rule(&self) -> Rule {
        Rule { share: self.doubted.unwrap_or(MOST), ..Rule::default() }
    }

    /// How a model of this configuration is trained.
    pub fn options(&self, config: &ModelConfig) -> Options {
        let lowest = |count| config.layers.saturating_sub(count);
        Options {
            rank: self.rank,
            alpha: self.alpha,
            dropout: self.dropout,
            learning_rate: self.learning_rate,
            epochs: self.epochs,
            batch: self.batch,
            layers: self.layers.map(|count| lowest(count)..config.layers),
            parts: self.parts.clone(),
            kl: self.kl,
            seed: self.seed,
            ..Options::default()
        }
    }

    /// What cannot be meant.
    pub fn check(&self) -> Result<(), Stop> {
        let is_long = self.answers == Answers::Long;
        let other = [
            ("--doubted", !is_long && self.doubted.is_some()),
            ("--teacher", is_long && self.teacher.is_some()),
            ("--tau", is_long && self.tau.is_some()),
            ("--engagement", is_long && self.engagement.is_some()),
            ("--unbalanced", is_long && self.unbalanced),
            ("--judge", is_long && self.judge.is_some()),
            ("--profile", is_long && self.profile.as_ref().is_some_and(|path| path.as_os_str() != "none")),
        ];
        if let Some((flag, _)) = other.iter().find(|other| other.1) {
            let kind = if is_long { "long" } else { "short" };
            let message = format!("{flag} has nothing to say to {kind} answers.");
            return Err(Stop::bad_input(message, "Leave it out, or choose the other kind with --answers."));
        }
        let unused = match (self.tau, self.engagement) {
            (Some(_), _) => "--tau",
            (_, Some(_)) => "--engagement",
            _ => return Ok(()),
        };
        if let Some(teacher @ (Teacher::Labels | Teacher::None)) = self.teacher {
            let Description { id, .. } = teacher.description();
            let message = format!("{unused} has nothing to say to the teacher {id}.");
            return Err(Stop::bad_input(message, "Leave it out, or choose another teacher."));
        }
        Ok(())
    }
}

/// The teachers, with what they read.
fn teachers() -> impl TypedValueParser<Value = Teacher> {
    let values = TEACHERS
        .iter()
        .map(|known| PossibleValue::new(known.id).help(format!("{}: reads {}", known.title, known.reads)));
    // Only names of the table come through.
    PossibleValuesParser::new(values).map(|id| Teacher::parse(&id).unwrap_or_default())
}

fn finite(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "it is no number".to_owned())?;
    if number.is_finite() { Ok(number) } else { Err("it is not finite".into()) }
}

fn share(text: &str) -> Result<f64, String> {
    finite(text).and_then(|share| {
        if (0.0..1.0).contains(&share) { Ok(share) } else { Err("it is not from 0 to below 1".into()) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn the_confidence_teaches_where_questions_are_asked_as_the_profiles_were() {
        let profile = include_str!("../../../../../pkg/profiles/SmolLM2-135M-Instruct.json");
        let profile = Profile::parse(profile).unwrap();
        let chosen = |more: &[&str], profile: Option<&Profile>| {
            let all = [&["tune", "--model", "m", "--data", "d", "--out", "o"], more].concat();
            let arguments = Program::try_parse_from(all).unwrap().arguments;
            let teacher = arguments.teacher(profile);
            (teacher, arguments.asking(teacher, profile).samples)
        };
        let same = ["--prefix", profile.key.prefix.as_str()];
        assert_eq!(chosen(&[], Some(&profile)), (Teacher::Confidence, 0));
        assert_eq!(chosen(&same, Some(&profile)), (Teacher::Confidence, 0));
        for more in [&["--prefix", "Other: "], &["--system", "Be brief."], &["--begin", "adapter"]] {
            assert_eq!(chosen(more, Some(&profile)), (Teacher::SemanticEntropy, 10), "{more:?}");
        }
        assert_eq!(chosen(&[], None), (Teacher::SemanticEntropy, 10));
        assert_eq!(chosen(&["--teacher", "labels"], Some(&profile)), (Teacher::Labels, 0));
        assert_eq!(chosen(&["--samples", "4"], Some(&profile)), (Teacher::Confidence, 4));
    }
}
