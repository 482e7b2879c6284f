//! Every target of `tests/fuzz/targets`, each compiled once under its name.

#![no_main]
#![allow(dead_code, reason = "some is for the test")]

#[path = "../tests/fuzz/mutate.rs"]
mod mutate;
#[path = "../tests/fuzz/targets/mod.rs"]
mod targets;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use mutate::{Mutator, Random};
use std::sync::LazyLock;
use targets::{TARGETS, Target};

static TARGET: LazyLock<&Target> =
    LazyLock::new(|| TARGETS.iter().find(|target| target.name == env!("CARGO_BIN_NAME")).expect("a target of this name"));
static MUTATOR: LazyLock<Mutator> = LazyLock::new(|| Mutator::new((TARGET.seeds)(), TARGET.words));

fuzz_target!(|data: &[u8]| {
    (TARGET.run)(data);
});

// Half of the changes know the language, half are libFuzzer's own. The seeds need no folder: what is empty becomes one.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut random = Random(u64::from(seed));
    if size > 0 && random.below(2) == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    let mut input = if random.below(64) == 0 { Vec::new() } else { data[..size].to_vec() };
    for _ in 0..=random.below(4) {
        MUTATOR.change(&mut input, &mut random);
    }
    input.truncate(max_size.min(data.len()));
    data[..input.len()].copy_from_slice(&input);
    input.len()
});
