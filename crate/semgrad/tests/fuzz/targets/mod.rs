//! Everything that reads what a user hands over, each as one function of bytes: run by the test beside this folder with
//! mutated seeds, and by libFuzzer from the folder `fuzz` at the top of the repository.

mod adapter;
mod check;
mod encoder;
mod evidence;
mod files;
mod folder;
mod gguf;
mod profile;
mod request;
mod speak;
mod template;
mod tokenizer;

/// What nearly all may hold.
const LITTLE: usize = 16 << 20;

/// One reader.
pub struct Target {
    /// What it is called, in `fuzz/Cargo.toml` as well.
    pub name: &'static str,
    /// Reads an input and uses what it read; true where it was taken for what it should be.
    pub run: fn(&[u8]) -> bool,
    /// Inputs to start from.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words of its language.
    pub words: &'static [&'static str],
    /// Bytes that an input may hold, however small it is.
    pub anyway: usize,
    /// Inputs of an ordinary test run; fewer where one takes longer.
    pub inputs: u64,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    gguf::TARGET,
    folder::TARGET,
    encoder::TARGET,
    tokenizer::TARGET,
    template::TARGET,
    adapter::TARGET,
    profile::TARGET,
    evidence::TARGET,
    request::TARGET,
    check::TARGET,
];
