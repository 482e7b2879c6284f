//! Whatever reads files and lines of strangers, with inputs that are nearly right: none may panic, none may take long, and
//! none may hold much more memory than its size lets expect.
//!
//! The inputs are the same in every run: one is known by its target, [`SEED`] and its number. What was once found lies in
//! `regressions`, one file an input. libFuzzer runs the same [`targets`] from the folder `fuzz` at the top of the repository.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod memory;
mod mutate;
mod targets;

use mutate::{Mutator, Random};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use targets::{TARGETS, Target};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// What all inputs follow from.
const SEED: u64 = 18;
/// Longest time for one input, on a machine that does something else as well.
const LONGEST: Duration = Duration::from_secs(2);
/// What an input may hold at most: so many times its size, and what its target holds [anyway](Target::anyway).
const TIMES: usize = 64;
/// Inputs that a thread takes at once.
const CHUNK: u64 = 500;
/// Threads.
const THREADS: usize = 2;
/// Of each, that of a program's first thread in wasm is smaller still, but so are its frames.
const STACK: usize = 4 << 20;

/// The input of a target with this number.
fn input(mutator: &Mutator, number: u64) -> Vec<u8> {
    mutator.input(&mut Random(SEED.wrapping_mul(0x1_0000_0000).wrapping_add(number)))
}

/// Whether a target took an input; what is wrong where it must not do what it did. What takes long is tried again: another
/// program may have had the processor.
fn judged(target: &Target, number: u64, input: &[u8]) -> Result<bool, String> {
    let again = |outcome: Result<_, _>| match outcome {
        Ok((_, time)) if time > LONGEST => once(target, number, input),
        outcome => outcome,
    };
    let (taken, time) = again(again(once(target, number, input)))?;
    if time > LONGEST { Err(format!("it takes {time:?}")) } else { Ok(taken) }
}

/// The same of one try, and the time.
fn once(target: &Target, number: u64, input: &[u8]) -> Result<(bool, Duration), String> {
    let (start, mut taken) = (Instant::now(), Ok(false));
    let held = memory::most(target.name, number, || {
        taken = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    });
    let time = start.elapsed();
    if taken.is_err() {
        return Err("it panics".into());
    }
    if held > TIMES * input.len() + target.anyway {
        return Err(format!("it holds {held} bytes, and has {}", input.len()));
    }
    Ok((taken.unwrap_or_default(), time))
}

fn told(target: &Target, number: u64, what: &str, input: &[u8]) -> String {
    let hex = input.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!("{}, seed {SEED}, input {number}: {what}; in hexadecimal: {hex}", target.name)
}

/// What the threads share.
struct Work {
    mutators: Vec<Mutator>,
    /// Target and first number of each part.
    parts: Vec<(usize, u64)>,
    next: AtomicUsize,
    /// What each thread is at, and since when.
    at: [Mutex<Option<(Instant, usize, u64)>>; THREADS],
    /// Inputs that were taken and time, by target.
    done: Mutex<BTreeMap<usize, (u64, Duration)>>,
    failures: Mutex<Vec<String>>,
}

impl Work {
    /// The targets, or the one that the environment names, with as many inputs as it says.
    fn new() -> Self {
        let only = std::env::var("FUZZ_TARGET").ok();
        let inputs = std::env::var("FUZZ_INPUTS").ok().and_then(|count| count.parse::<u64>().ok());
        let is_wanted = |target: &Target| only.as_ref().is_none_or(|name| target.name == name);
        let wanted = TARGETS.iter().enumerate().filter(|(_, target)| is_wanted(target));
        let numbers = |(index, target): (usize, &Target)| {
            (0..inputs.unwrap_or(target.inputs)).step_by(CHUNK as usize).map(move |first| (index, first))
        };
        Self {
            mutators: TARGETS.iter().map(|target| Mutator::new((target.seeds)(), target.words)).collect(),
            parts: wanted.flat_map(numbers).collect(),
            next: AtomicUsize::new(0),
            at: Default::default(),
            done: Mutex::default(),
            failures: Mutex::default(),
        }
    }

    fn run(&self, thread: usize) {
        while let Some(&(index, first)) = self.parts.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let (target, start, mut taken) = (&TARGETS[index], Instant::now(), 0);
            for number in first..first + CHUNK {
                let input = input(&self.mutators[index], number);
                *self.at[thread].lock().unwrap() = Some((Instant::now(), index, number));
                match judged(target, number, &input) {
                    Ok(was_taken) => taken += u64::from(was_taken),
                    Err(what) => self.failures.lock().unwrap().push(told(target, number, &what, &input)),
                }
            }
            *self.at[thread].lock().unwrap() = None;
            let mut done = self.done.lock().unwrap();
            let (count, time) = done.entry(index).or_default();
            *count += taken;
            *time += start.elapsed();
        }
    }

    /// A thread that is at one input for much too long: it may never end.
    fn hangs(&self) -> Option<String> {
        let hung =
            self.at.iter().filter_map(|at| *at.lock().unwrap()).find(|(since, ..)| since.elapsed() > 20 * LONGEST)?;
        let (_, index, number) = hung;
        Some(told(&TARGETS[index], number, "it does not end", &input(&self.mutators[index], number)))
    }
}

fn spawned<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> std::thread::JoinHandle<T> {
    std::thread::Builder::new().stack_size(STACK).spawn(work).unwrap()
}

#[test]
fn no_input_does_harm() {
    let work = Arc::new(Work::new());
    let threads = [0, 1].map(|thread| {
        let work = work.clone();
        spawned(move || work.run(thread))
    });
    while threads.iter().any(|thread| !thread.is_finished()) {
        std::thread::sleep(Duration::from_millis(50));
        if let Some(hung) = work.hangs() {
            panic!("{hung}");
        }
    }
    for (index, (taken, time)) in work.done.lock().unwrap().iter() {
        println!("{:<12} {taken:>7} taken {time:>9.1?}", TARGETS[*index].name);
    }
    let failures = work.failures.lock().unwrap();
    assert!(failures.is_empty(), "{} inputs do harm:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn seeds_are_what_they_should_be() {
    for target in TARGETS {
        let (seeds, mut taken) = ((target.seeds)(), 0);
        for (number, seed) in seeds.iter().enumerate() {
            let judged = judged(target, number as u64, seed);
            taken += usize::from(judged.unwrap_or_else(|what| panic!("seed {number} of {}: {what}", target.name)));
        }
        // Some templates refuse a system message, for one.
        assert!(2 * taken > seeds.len(), "of {} seeds of {} only {taken} are taken", seeds.len(), target.name);
    }
}

#[test]
fn what_was_found_stays_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/regressions");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let target = TARGETS.iter().find(|target| name.starts_with(&format!("{}-", target.name))).unwrap();
        let input = std::fs::read(&path).unwrap();
        let outcome = spawned(move || judged(target, 0, &input)).join().unwrap();
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
    }
}

#[test]
fn libfuzzer_has_the_same_targets() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).unwrap();
    let named = manifest.split("[[bin]]").skip(1).map(|bin| bin.split('"').nth(1).unwrap());
    assert_eq!(named.collect::<Vec<_>>(), TARGETS.iter().map(|target| target.name).collect::<Vec<_>>());
}
