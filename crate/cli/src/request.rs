//! What the command line can say about every request: one flag for each field of a request that is a plain value, made from
//! the type itself, so that a new field is a flag at once.

use crate::stop::Stop;
use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use semgrad::answer::record::Request;
use semgrad::confidence::verdict::Risk;
use semgrad_scores::schema::{Flag, Kind, flags};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// What can be said about every request.
#[derive(Args)]
pub struct RequestArguments {
    #[command(flatten)]
    fields: Fields,
    /// Profile file, or none; without it the one beside the weights is used, or else the one that is shipped for them.
    #[arg(long)]
    pub profile: Option<PathBuf>,
    /// Tolerated share of wrong answers for the verdict "answer", instead of the profile's.
    #[arg(long)]
    answer_risk: Option<f64>,
    /// The same for an answer with a flag; below, the verdict is "abstain".
    #[arg(long)]
    abstain_risk: Option<f64>,
}

impl RequestArguments {
    /// The defaults of every request.
    pub fn defaults(&self) -> Result<Request, Stop> {
        let request = self.fields.0.clone();
        if let Some(methods) = &request.methods {
            semgrad::methods::select(methods).map_err(Stop::Failed)?;
        }
        let risk = Risk { answer: self.answer_risk, abstain: self.abstain_risk, mode: None };
        Ok(Request { risk: (risk != Risk::default()).then_some(risk), ..request })
    }
}

/// A flag as clap reads it.
fn argument(flag: &Flag) -> Arg {
    let about = flag.about.replace('`', "");
    let several = if flag.kind == Kind::List { "; separated by commas" } else { "" };
    let about = format!("{}{several}", about.trim_end_matches('.'));
    let argument = Arg::new(flag.field.clone()).long(flag.name.clone()).help(about);
    let argument = match flag.kind {
        Kind::Switch => return argument.action(ArgAction::SetTrue),
        Kind::Text if flag.values.is_empty() => argument,
        Kind::Text => argument.value_parser(PossibleValuesParser::new(flag.values.clone())),
        Kind::Number => argument.value_parser(number),
        Kind::Whole => argument.value_parser(value_parser!(u64)),
        Kind::List => argument.value_delimiter(',').action(ArgAction::Append),
    };
    // −6 is a position, not a flag.
    argument.value_name(flag.field.to_uppercase()).allow_negative_numbers(true)
}

/// What was said; nothing where the flag is not there.
fn value(flag: &Flag, matches: &ArgMatches) -> Option<Value> {
    let field = flag.field.as_str();
    match flag.kind {
        Kind::Switch => matches.get_flag(field).then(|| true.into()),
        Kind::Text => matches.get_one::<String>(field).cloned().map(Value::from),
        Kind::Number => matches.get_one::<f64>(field).copied().map(Value::from),
        Kind::Whole => matches.get_one::<u64>(field).copied().map(Value::from),
        Kind::List => matches.get_many::<String>(field).map(|texts| texts.cloned().collect()),
    }
}

/// A number as JSON has it.
fn number(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "it is no number".to_owned())?;
    if number.is_finite() { Ok(number) } else { Err("it is not finite".into()) }
}

/// The fields that flags have set.
struct Fields(Request);

impl Args for Fields {
    fn augment_args(command: Command) -> Command {
        command.args(flags().iter().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Fields {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = flags().into_iter().filter_map(|flag| Some((value(&flag, matches)?, flag.field)));
        let given: Map<String, Value> = given.map(|(value, field)| (field, value)).collect();
        let request = serde_json::from_value(Value::Object(given));
        request.map(Self).map_err(|error| clap::Error::raw(ErrorKind::InvalidValue, error))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        request: RequestArguments,
    }

    fn read(line: &str) -> Result<Request, String> {
        let line = Line::try_parse_from(format!("semgrad {line}").split(' ')).map_err(|error| error.to_string())?;
        line.request.defaults().map_err(|_| "usage".into())
    }

    #[test]
    fn every_kind_of_flag_sets_its_field() {
        let request = read(
            "--methods gnll,deg --samples 5 --temperature 0.5 --semantic-position -6 --all-layers --wordings search \
             --answer-risk 0.2 --prefix Q:",
        )
        .unwrap();
        assert_eq!(request.methods.unwrap(), ["gnll", "deg"]);
        assert_eq!((request.samples, request.temperature, request.all_layers), (Some(5), Some(0.5), Some(true)));
        assert_eq!(request.semantic_position.unwrap(), "-6");
        assert_eq!((request.wordings.unwrap().as_str(), request.prefix.unwrap().as_str()), ("search", "Q:"));
        assert_eq!((request.risk.unwrap().answer, request.attribute, request.tail), (Some(0.2), None, None));
    }

    #[test]
    fn what_no_field_takes_is_refused() {
        for line in ["--wordings guess", "--samples -1", "--samples many", "--temperature inf", "--methods vibes"] {
            assert!(read(line).is_err(), "{line}");
        }
        for line in ["--question Why", "--prompt-ids 1", "--examples x", "--engines x", "--risk 0.1"] {
            assert!(read(line).unwrap_err().contains("unexpected argument"), "{line}");
        }
    }
}
