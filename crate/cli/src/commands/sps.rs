//! `semgrad sps`: the preservation map of a model, and its profile.

use crate::jsonl::{finished, object, read, text, write_file};
use crate::load::{ModelArguments, start};
use crate::progress::bar;
use crate::stop::Stop;
use clap::Args;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::profile::Profile;
use semgrad::sps::{Options, Question, measure};
use std::path::PathBuf;

/// Arguments of `semgrad sps`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// Questions with "paraphrases", one JSON object a line.
    #[arg(long)]
    data: PathBuf,
    /// Questions to use.
    #[arg(long, default_value_t = 40)]
    n: usize,
    /// Paraphrases per question.
    #[arg(long, default_value_t = 5)]
    k: usize,
    /// Last prompt positions to look at.
    #[arg(long, default_value_t = 10)]
    tail: usize,
    /// Put before every question.
    #[arg(long, default_value = "")]
    prefix: String,
    /// System message.
    #[arg(long)]
    system: Option<String>,
    /// Where the maps go.
    #[arg(long)]
    out: PathBuf,
    /// Where the profile goes: beside the weights if not said, nowhere if none.
    #[arg(long)]
    profile: Option<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let (mut questions, mut bad): (Vec<Question>, usize) = (Vec::new(), 0);
    for line in read(&arguments.data)? {
        match object(&line) {
            Ok(question) => questions.push(question),
            Err(what) => {
                bad += 1;
                eprintln!("line {} of {} is no question: {what}", line.number, arguments.data.display());
            }
        }
    }
    if questions.is_empty() {
        let message = format!("{} has no questions.", arguments.data.display());
        let advice = "Each line needs \"question\" and \"paraphrases\".";
        return Err(Stop::bad_input(message, advice));
    }
    let options = Options {
        questions: arguments.n,
        paraphrases: arguments.k,
        tail: arguments.tail,
        prefix: arguments.prefix.clone(),
        system: arguments.system.clone(),
    };
    let located = arguments.model.locate()?;
    let model = start(&located, &arguments.model, None)?;
    let bar = bar("Measuring  {pos}/{len} questions  {bar:30}  {eta} left");
    let mut progress = |done: usize, total: usize| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    let pacer = Pacer::new(&Uninterrupted);
    let sps = pollster::block_on(measure(&model, &questions, &options, &pacer, &mut progress)).map_err(Stop::Failed)?;
    bar.finish_and_clear();
    write_file(&arguments.out, &sps)?;

    let chosen = &sps.chosen;
    let upper = &sps.sps[chosen.layers[0]..=chosen.layers[1]];
    say_line!(
        "mean preservation over hidden states {}..{}, by position from the end:",
        chosen.layers[0],
        chosen.layers[1]
    );
    for j in 0..arguments.tail {
        let mean = upper.iter().map(|row| row[j]).sum::<f64>() / upper.len() as f64;
        let mark = if j as i64 - arguments.tail as i64 == chosen.offset { "  <- chosen" } else { "" };
        say_line!("{:>4}  {mean:.4}{mark}", j as i64 - arguments.tail as i64);
    }
    say_line!("{} ({:?}): {}", chosen.offset, chosen.token.as_deref().unwrap_or("varies"), chosen.rule);
    let path = match &arguments.profile {
        Some(path) if path.as_os_str() == "none" => return finished(bad),
        Some(path) => path.clone(),
        None => located.profile_path(),
    };
    let weights = located.hash()?.to_owned();
    let mut profile = sps.profile(weights, &model, &arguments.prefix);
    // Calibrations say by themselves which position they were fitted with.
    let before = text(&path).ok().and_then(|json| Profile::parse(&json).ok());
    if let Some(before) = before.filter(|before| before.key == profile.key) {
        profile.calibrations = before.calibrations;
    }
    write_file(&path, &profile)?;
    say_line!("profile written to {}", path.display());
    finished(bad)
}
