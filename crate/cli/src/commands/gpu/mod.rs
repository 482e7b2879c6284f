//! `semgrad gpu`: how fast a graphics card is with this engine, and what bounds it. `cargo xtask gpu` packs it with the half that
//! measures the same in Deno, and a script that runs both.

mod figures;
mod measure;
mod table;
mod workload;

use crate::stop::Stop;
use clap::Args;
use semgrad::device::{Choice, Device, facts};
use std::path::{Path, PathBuf};
use workload::Workload;

/// What the native half leaves, and what Deno's half leaves beside it.
const NATIVE: &str = "native.json";
const DENO: &str = "deno.json";
/// What both measured, for people.
const TABLE: &str = "table.txt";

/// Arguments of `semgrad gpu`.
#[derive(Args)]
pub struct Arguments {
    /// A folder for models of random weights and for the results.
    #[arg(long, value_name = "FOLDER", required_unless_present = "find")]
    out: Option<PathBuf>,
    /// Tiny models, for a software adapter: to see that all is there. The numbers say nothing.
    #[arg(long)]
    small: bool,
    /// Only say which adapter there is; fails where the processor would run its shaders.
    #[arg(long)]
    find: bool,
    /// Only print the table of what was measured into the folder; fails where something is missing or wrong.
    #[arg(long, conflicts_with_all = ["find", "small"])]
    table: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let Some(folder) = arguments.out.filter(|_| !arguments.find) else { return find() };
    if arguments.table {
        return print(&folder);
    }
    std::fs::create_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
    let path = folder.join(NATIVE);
    let mut keep =
        |report: String| std::fs::write(&path, report).map_err(|error| crate::jsonl::unusable(&path, &error));
    measure::run(&folder, &Workload::of(arguments.small)?, &mut keep).map_err(Stop::Failed)
}

/// Says which adapter there is.
fn find() -> Result<(), Stop> {
    pollster::block_on(Device::open(Choice::Webgpu)).map_err(Stop::Failed)?;
    match facts() {
        Some(facts) if facts.software => Err(Stop::Failed(semgrad::Error::new(
            semgrad::Code::NoWebgpu,
            format!("{} is no graphics card: the processor runs its shaders.", facts.name),
            "Install the card's driver, with Vulkan.",
        ))),
        found => {
            say_line!("{}", found.map_or("unknown", |facts| &facts.name));
            Ok(())
        }
    }
}

/// Prints the table and leaves it beside what it is made of.
fn print(folder: &Path) -> Result<(), Stop> {
    let text = |name| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).map_err(|error| unusable(&path, &error))
    };
    let table = table::Table::new(&text(NATIVE)?, &text(DENO).unwrap_or_default())?;
    let path = folder.join(TABLE);
    std::fs::write(&path, &table.text).map_err(|error| unusable(&path, &error))?;
    say!("{}", table.text);
    match table.faults.first() {
        None => Ok(()),
        Some(_) => Err(Stop::bad_input(
            format!("not all is there and right: {}", table.faults.join("; ")),
            "What was measured is in the table.",
        )),
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> Stop {
    Stop::Failed(crate::jsonl::unusable(path, error))
}
