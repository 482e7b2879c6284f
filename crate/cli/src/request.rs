//! What the command line can say about every request: one flag for each field of a request that is a plain value, made from
//! the type itself, so that a new field is a flag at once.

use crate::schema::request_fields;
use crate::stop::Stop;
use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use semgrad::answer::record::Request;
use semgrad::confidence::verdict::Risk;
use serde::Serialize;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// Fields that belong to one question.
const OF_ONE: [&str; 7] = ["id", "question", "messages", "prompt_ids", "answer", "response_ids", "paraphrases"];

/// What can be said about every request.
#[derive(Args)]
pub struct RequestArguments {
    #[command(flatten)]
    fields: Fields,
    /// Profile file, or none; without it the one beside the weights is used.
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
            semgrad::methods::select(methods).map_err(Stop::Usage)?;
        }
        let risk = Risk { answer: self.answer_risk, abstain: self.abstain_risk, mode: None };
        Ok(Request { risk: (risk != Risk::default()).then_some(risk), ..request })
    }
}

/// A flag, and the field of a request that it sets.
#[derive(Serialize)]
pub struct Flag {
    name: String,
    field: String,
    /// What is said of the field.
    about: String,
    kind: Kind,
    /// Where only some values are allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
}

/// What follows a flag.
#[derive(Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Nothing.
    Switch,
    Text,
    Number,
    /// From 0 up.
    Whole,
    /// Texts, separated by commas.
    List,
}

/// One flag for each plain field, in the fields' order.
pub fn flags() -> Vec<Flag> {
    request_fields().into_iter().filter_map(|(field, schema)| flag(field, &schema)).collect()
}

fn flag(field: String, schema: &Value) -> Option<Flag> {
    if OF_ONE.contains(&field.as_str()) {
        return None;
    }
    let kind = match schema["type"].as_array()?.first()?.as_str()? {
        "boolean" => Kind::Switch,
        "string" => Kind::Text,
        "number" => Kind::Number,
        "integer" => Kind::Whole,
        "array" if schema["items"]["type"] == "string" => Kind::List,
        _ => return None,
    };
    let values = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let about = schema["description"].as_str().unwrap_or_default().replace('\n', " ");
    Some(Flag { name: field.replace('_', "-"), about, kind, values: values.collect(), field })
}

impl Flag {
    fn argument(&self) -> Arg {
        let about = self.about.replace('`', "");
        let argument =
            Arg::new(self.field.clone()).long(self.name.clone()).help(about.trim_end_matches('.').to_owned());
        // −6 is a position, not a flag.
        let argument = argument.allow_negative_numbers(true);
        match self.kind {
            Kind::Switch => argument.action(ArgAction::SetTrue),
            Kind::Text if self.values.is_empty() => argument,
            Kind::Text => argument.value_parser(PossibleValuesParser::new(self.values.clone())),
            Kind::Number => argument.value_parser(number),
            Kind::Whole => argument.value_parser(value_parser!(u64)),
            Kind::List => argument.value_delimiter(',').action(ArgAction::Append),
        }
    }

    /// What was said; nothing where the flag is not there.
    fn value(&self, matches: &ArgMatches) -> Option<Value> {
        let field = self.field.as_str();
        match self.kind {
            Kind::Switch => matches.get_flag(field).then(|| true.into()),
            Kind::Text => matches.get_one::<String>(field).cloned().map(Value::from),
            Kind::Number => matches.get_one::<f64>(field).copied().map(Value::from),
            Kind::Whole => matches.get_one::<u64>(field).copied().map(Value::from),
            Kind::List => matches.get_many::<String>(field).map(|texts| texts.cloned().collect()),
        }
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
        command.args(flags().iter().map(Flag::argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Fields {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = flags().into_iter().filter_map(|flag| Some((flag.value(matches)?, flag.field)));
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
        assert_eq!((request.risk.unwrap().answer, request.explain, request.tail), (Some(0.2), None, None));
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
