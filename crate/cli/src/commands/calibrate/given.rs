//! `semgrad calibrate --given`: what a model is worth as a judge of answers that others wrote. It looks at each of them, which
//! takes as long as reading it, and at its own answers to the questions; then a ratio is fitted and measured.

use super::existing::existing;
use crate::jsonl::{Output, finished, guarded, object, read, write_file};
use crate::load::{AdapterArguments, EngineArguments, ModelArguments, open, today};
use crate::models::locate;
use crate::progress::bar;
use crate::report::given::Given;
use crate::stop::Stop;
use clap::Args;
use semgrad::answer::record::{EngineNames, Request};
use semgrad::answer::{Model, Unobserved, of_encoders};
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::profile::Key;
use semgrad::{Error, input};
use semgrad_scores::given::judge::Judge;
use semgrad_scores::given::report::{Ranking, Report, chosen, report};
use semgrad_scores::given::row::Row;
use semgrad_scores::given::surface;
use semgrad_scores::kinds::{Kind, kind_of};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Arguments of `semgrad calibrate --given`.
#[derive(Args)]
pub struct GivenArguments {
    /// Answers that others wrote, one JSON object a line: `question`, `answer`, `writer`, `right` (true or false), and
    /// `group` where several questions are one, and `set` where they are of several sets. The model looks at each of them, and the profile says what its judgement on
    /// answers of others is worth.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "questions")]
    pub given: Vec<PathBuf>,
    /// Where what was seen of each answer goes, and is found again after an interruption; the profile's name with
    /// `.seen.jsonl` if not said.
    #[arg(long, value_name = "FILE", requires = "given")]
    seen: Option<PathBuf>,
    /// So many of the questions, drawn by a hash; all if not said.
    #[arg(long, value_name = "N", requires = "given")]
    at_most: Option<usize>,
    /// Answers of these writers alone, separated by commas.
    #[arg(long, value_delimiter = ',', requires = "given")]
    writers: Vec<String>,
    /// The model's own answers that each given one is compared with; 0 for none.
    #[arg(long, value_name = "N", default_value_t = 5, requires = "given")]
    own_answers: usize,
    /// auto, webgpu or cpu.
    #[arg(long, default_value = "auto", requires = "given")]
    device: String,
    /// Threads that work on the CPU; as many as there are cores if not given.
    #[arg(long, value_name = "N", requires = "given")]
    threads: Option<u16>,
}

/// A line of the input.
#[derive(Clone, Debug, Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    question: String,
    answer: String,
    writer: String,
    right: bool,
    group: Option<String>,
    #[serde(default)]
    set: String,
}

/// A line of what was seen.
#[derive(Debug, Deserialize)]
struct Seen {
    id: String,
    /// As in the input: another text has other signals.
    answer: String,
    /// What the model would have said.
    #[serde(default)]
    own: Option<Own>,
    #[serde(default)]
    scores: Option<Row>,
    /// Signals of encoders, where they came later: a line of its own.
    #[serde(default)]
    encoders: BTreeMap<String, f64>,
}

/// Own answers as they are kept.
#[derive(Debug, Deserialize)]
struct Own {
    answer: String,
    others: Vec<String>,
}

/// What to do about a bad line.
const LINE: &str = "A line is { \"question\": …, \"answer\": …, \"writer\": …, \"right\": true or false }.";

/// What other calibrations are told as well.
pub struct Common {
    /// The model.
    pub model: PathBuf,
    /// What is put before every question; by default what its profile says.
    pub prefix: Option<String>,
    /// The cross-encoder.
    pub nli: Option<String>,
    /// The sentence encoder.
    pub embed: Option<String>,
    /// The profile that is gone on with.
    pub profile: Option<PathBuf>,
    /// Where it goes.
    pub out: PathBuf,
    /// Where the report goes.
    pub report: Option<PathBuf>,
}

/// Runs the command.
pub fn run(wanted: &GivenArguments, arguments: &Common) -> Result<(), Stop> {
    let lines = lines(wanted)?;
    let located = locate(&arguments.model)?;
    let model =
        ModelArguments { model: arguments.model.clone(), device: wanted.device.clone(), threads: wanted.threads };
    let model = open(&model, &AdapterArguments { adapter: None }, arguments.profile.as_deref())?;
    let engines = EngineArguments::named(arguments.nli.clone(), arguments.embed.clone()).attach(&model)?;
    let prefix = match (&arguments.prefix, model.profile.borrow().as_ref()) {
        (Some(prefix), _) => prefix.clone(),
        (None, Some(profile)) => profile.key.prefix.clone(),
        (None, None) => String::new(),
    };
    let request = Request {
        prefix: Some(prefix.clone()),
        methods: Some(Vec::new()),
        examine: Some(true),
        own_answers: Some(wanted.own_answers),
        state: Some(true),
        engines: Some(engines.clone()),
        ..Request::default()
    };
    let path = wanted.seen.clone().unwrap_or_else(|| arguments.out.with_extension("seen.jsonl"));
    let (failed, first) = look(&model, &lines, &request, &path)?;
    compare(&model, &lines, &engines, &path)?;
    let rows: Vec<Row> = known(&path, &lines)?.into_values().map(|known| known.row).collect();
    if let Some(error) = first.filter(|_| rows.is_empty()) {
        return Err(Stop::Failed(error));
    }
    let found = report(&rows).map_err(Stop::Failed)?;
    let (fit, which) = chosen(&rows, &found).map_err(Stop::Failed)?;
    let own_answers = wanted.own_answers;
    let judge = Judge::new(fit, own_answers, &found, which, today());
    say!("{}", table(&found));
    let judges = judge.judges;
    match judge.silent() {
        None => say_line!("\nIt judges answers of others by {which}."),
        Some(why) => say_line!("\n{why}"),
    }
    let key = Key {
        weights: located.hash()?.to_owned(),
        template: model.text.as_ref().and_then(semgrad::text::Text::template_hash),
        prefix,
        adapter: None,
    };
    // Without a file, the profile that comes along is gone on with.
    let known = model.profile.borrow().as_ref().filter(|profile| profile.key == key).map(|profile| (**profile).clone());
    let named = arguments.profile.as_deref().filter(|path| *path != Path::new("none"));
    let mut profile = match (named, known) {
        (None, Some(known)) => known,
        (path, _) => existing(path, &key)?,
    };
    profile.given = Some(judge);
    write_file(&arguments.out, &profile)?;
    say_line!("profile written to {}", arguments.out.display());
    if let Some(path) = &arguments.report {
        // Where it lies here is nobody's business.
        let shown = located.shown().to_string();
        let name = Path::new(&shown).file_name().map_or(shown.clone(), |name| name.to_string_lossy().into_owned());
        let (model, parameters) = (name, model.parameters);
        let (date, used) = (today(), which.to_owned());
        write_file(path, &Given { model, parameters, date, used, own_answers, judges, report: found })?;
    }
    finished(failed)
}

/// The answers of the files that are about a single fact, those to one question together and the questions in the order of a
/// hash, so that the first of them are as good as any.
fn lines(wanted: &GivenArguments) -> Result<Vec<Line>, Stop> {
    let mut lines = Vec::new();
    let mut others = 0;
    for path in &wanted.given {
        for line in read(path)? {
            let one: Line = object(&line).map_err(|what| bad(path, &line, &what))?;
            let is_wanted = wanted.writers.is_empty() || wanted.writers.contains(&one.writer);
            match kind_of(&one.question) {
                Kind::Fact if is_wanted && !one.answer.trim().is_empty() => lines.push(one),
                Kind::Fact => {}
                _ => others += 1,
            }
        }
    }
    if others > 0 {
        eprintln!("{others} answers are left out: their questions ask for no single fact (semgrad kinds).");
    }
    if let Some(unknown) = wanted.writers.iter().find(|writer| lines.iter().all(|line| line.writer != **writer)) {
        return Err(Stop::bad_input(format!("nothing is of the writer {unknown:?}."), "Name writers of the file."));
    }
    lines.sort_by_cached_key(|line| (<[u8; 32]>::from(Sha256::digest(group(line).as_bytes())), line.writer.clone()));
    if let Some(most) = wanted.at_most {
        let mut groups = HashSet::new();
        lines.retain(|line| {
            groups.len() < most && groups.insert(group(line).to_owned()) || groups.contains(group(line))
        });
    }
    Ok(lines)
}

fn bad(path: &Path, line: &input::Line, what: &str) -> Stop {
    Stop::bad_input(format!("line {} of {}: {what}.", line.number, path.display()), LINE)
}

fn group(line: &Line) -> &str {
    line.group.as_deref().unwrap_or(&line.question)
}

/// What an answer is known by.
fn name(line: &Line) -> String {
    match &line.id {
        Value::String(id) => id.clone(),
        Value::Null => format!("{} · {}", line.question, line.writer),
        id => id.to_string(),
    }
}

/// Looks at the answers that were not looked at yet; how many failed, and why the first one did.
fn look(model: &Model, lines: &[Line], request: &Request, path: &Path) -> Result<(usize, Option<Error>), Stop> {
    let mut output = Output::open(path, Path::new(""))?;
    let left: Vec<&Line> = lines.iter().filter(|line| !output.take(Some(&name(line).into()))).collect();
    if left.len() < lines.len() {
        eprintln!("{} answers were seen before ({}).", lines.len() - left.len(), path.display());
    }
    let bar = bar("Reading answers  {pos}/{len}  {bar:30}  {eta} left");
    bar.set_length(left.len() as u64);
    let (mut failed, mut first) = (0, None);
    for line in left {
        let request =
            Request { question: Some(line.question.clone()), answer: Some(line.answer.clone()), ..request.clone() };
        match guarded(|| pollster::block_on(model.run(&request, &Pacer::new(&Uninterrupted), &mut Unobserved))) {
            Ok(record) => {
                let examined = record.examined.unwrap_or_default();
                let row = Row {
                    id: name(line),
                    group: group(line).to_owned(),
                    set: line.set.clone(),
                    writer: line.writer.clone(),
                    right: line.right,
                    signals: examined.signals.iter().map(|(&id, &value)| (id.to_owned(), Some(value))).collect(),
                    state: examined.state.unwrap_or_default(),
                    surface: surface::features(&line.answer),
                    ..Row::default()
                };
                output.write(&json!({ "id": name(line), "answer": line.answer, "own": examined.own,
                                      "odd": examined.odd, "scores": row }))?;
            }
            Err(error) => {
                failed += 1;
                output.write(&json!({ "id": name(line), "error": error }))?;
                first.get_or_insert(error);
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok((failed, first))
}

/// What is known of an answer.
struct Known<'a> {
    line: &'a Line,
    own: Vec<String>,
    row: Row,
}

/// What was seen of these answers, by id.
fn known<'a>(path: &Path, lines: &'a [Line]) -> Result<BTreeMap<String, Known<'a>>, Stop> {
    let wanted: HashMap<String, &Line> = lines.iter().map(|line| (name(line), line)).collect();
    let mut known: BTreeMap<String, Known<'_>> = BTreeMap::new();
    for line in read(path)? {
        // What failed is something else.
        let Ok(Seen { id, answer, own, scores, encoders }) = object::<Seen>(&line) else { continue };
        let Some(line) = wanted.get(&id).filter(|line| line.answer == answer) else { continue };
        if let Some(scores) = scores {
            // What people say of the answer may have been put right since.
            let (group, set, writer, right) = (group(line).into(), line.set.clone(), line.writer.clone(), line.right);
            let row = Row { group, set, writer, right, ..scores };
            let own = own.into_iter().flat_map(|Own { answer, others }| std::iter::once(answer).chain(others));
            known.insert(id, Known { line, own: own.collect(), row });
        } else if let Some(known) = known.get_mut(&id) {
            known.row.signals.extend(encoders.into_iter().map(|(id, value)| (id, Some(value))));
        }
    }
    Ok(known)
}

/// What encoders that came along say of answers that were seen without them, beside the own answers that are kept.
fn compare(model: &Model, lines: &[Line], names: &EngineNames, path: &Path) -> Result<(), Stop> {
    let aids = model.aids.borrow().clone();
    let ids = [("own_distance", aids.embedder.is_some()), ("own_contradiction", aids.nli.is_some())];
    // The file may be large, and is read once more below.
    if ids.iter().all(|(_, is_there)| !is_there) {
        return Ok(());
    }
    let lacks = |row: &Row, id: &str| row.signals.get(id).copied().flatten().is_none();
    let mut left = known(path, lines)?;
    left.retain(|_, known| {
        let is_missing = ids.iter().any(|(id, is_there)| *is_there && lacks(&known.row, id));
        is_missing && !known.own.is_empty()
    });
    if left.is_empty() {
        return Ok(());
    }
    let mut output = Output::open(path, Path::new(""))?;
    let bar = bar("Comparing own answers  {pos}/{len}  {bar:30}  {eta} left");
    bar.set_length(left.len() as u64);
    for (id, Known { line, own, .. }) in left {
        let texts = [line.question.as_str(), line.answer.as_str()];
        let pacer = Pacer::new(&Uninterrupted);
        let encoders = pollster::block_on(of_encoders(model, names, texts, &own, &pacer)).map_err(Stop::Failed)?;
        output.write(&json!({ "id": id, "answer": line.answer, "encoders": encoders }))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// The report as text.
fn table(report: &Report) -> String {
    let writers: Vec<&String> = report.writers.keys().collect();
    let mut out = format!("{} questions\n{:<22} {:>6} {:>14}", report.questions, "", "AUROC", "95 %");
    writers.iter().for_each(|writer| out += &format!(" {writer:>9}"));
    out += &format!(" {:>6} {:>6}\n{:<22} {:>6} {:>14}", "ECE", "same q", "answers (wrong)", "", "");
    report.writers.values().for_each(|[all, wrong]| out += &format!(" {:>9}", format!("{all} ({wrong})")));
    out += "\n";
    for Ranking { name, auroc, interval, writers: by, ece, same_question } in &report.rankings {
        let interval = interval.map_or_else(String::new, |[low, high]| format!("{low:.3} … {high:.3}"));
        out += &format!("{name:<22} {auroc:>6.3} {interval:>14}");
        writers.iter().for_each(|writer| {
            out += &by.get(*writer).map_or_else(|| format!(" {:>9}", "–"), |auroc| format!(" {auroc:>9.3}"));
        });
        let number =
            |value: Option<f64>| value.map_or_else(|| format!(" {:>6}", "–"), |value| format!(" {value:>6.3}"));
        out += &format!("{}{}\n", number(*ece), number(*same_question));
    }
    out
}
