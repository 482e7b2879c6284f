//! Threads of the module, where the page may share memory between workers: this one, and helpers that the TypeScript package
//! starts (`pkg/src/threads`). A helper is an instance of the same module in another worker, and [`run_piece`] is all that it
//! ever calls.

use super::scratch::{self, BLOCK};
use semgrad_kernels::formats::Format;
use semgrad_kernels::threads::{Crew, employ};
use semgrad_kernels::{linear, samples::wave};
use std::cell::Cell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What orders the work of threads, outside of Rust: `Crew` of the package.
    pub type JsCrew;

    /// How many compute, this thread among them.
    #[wasm_bindgen(method, getter)]
    fn threads(this: &JsCrew) -> usize;

    /// Offers pieces `0..count` of a job to all.
    #[wasm_bindgen(method)]
    fn open(this: &JsCrew, job: usize, count: usize);

    /// The next piece that nobody has taken; `count` or more when there are none.
    #[wasm_bindgen(method)]
    fn next(this: &JsCrew) -> usize;

    /// Waits until the others have done so many pieces; false where one of them could not.
    #[wasm_bindgen(method)]
    fn close(this: &JsCrew, others: usize) -> bool;
}

/// A crew that was employed.
struct Employed {
    crew: JsCrew,
    threads: Cell<usize>,
}

/// What helpers find at the address of a job.
struct Job<'a>(&'a (dyn Fn(usize) + Sync));

impl Crew for Employed {
    fn threads(&self) -> usize {
        self.threads.get()
    }

    fn run(&self, count: usize, piece: &(dyn Fn(usize) + Sync)) {
        let job = Job(piece);
        self.crew.open(&raw const job as usize, count);
        let mut own = 0;
        loop {
            let next = self.crew.next();
            if next >= count {
                break;
            }
            piece(next);
            own += 1;
        }
        // Until then the job is in use.
        assert!(self.crew.close(count - own), "a helper of this thread stopped");
    }
}

thread_local! {
    static EMPLOYED: Cell<Option<&'static Employed>> = const { Cell::new(None) };
}

/// Kernels run on that crew from now on. Called again when its number of threads has changed.
#[wasm_bindgen(js_name = employCrew)]
pub fn employ_crew(crew: JsCrew) {
    let threads = crew.threads();
    // There is one crew as long as the instance lives.
    let employed = EMPLOYED.get().unwrap_or_else(|| Box::leak(Box::new(Employed { crew, threads: Cell::new(1) })));
    employed.threads.set(threads);
    EMPLOYED.set(Some(employed));
    employ((threads > 1).then_some(employed));
}

/// Makes room for that many helpers: where the stack of each begins. Called once, before there are any.
#[wasm_bindgen(js_name = helperStacks)]
pub fn helper_stacks(count: usize) -> Vec<u32> {
    let first = scratch::reserve(count);
    // Addresses have 32 bits.
    (1..=count).map(|helper| (first + helper * BLOCK) as u32).collect()
}

/// Called by helpers only: one piece of the job at that address.
#[wasm_bindgen(js_name = runPiece)]
pub fn run_piece(job: usize, piece: usize) {
    // SAFETY: `Crew::run` waits for every piece that was taken, and `job` outlives that.
    let Job(run) = unsafe { &*(job as *const Job<'_>) };
    run(piece);
    scratch::forget();
}

/// Work like that of a prompt and of an answer, by which threads are compared: some 25 million multiply-adds each.
#[wasm_bindgen(js_name = crewTrial)]
pub fn crew_trial() {
    const SIDE: usize = 512;
    let weights = vec![0x38; Format::Q8_0.row_bytes(SIDE) * SIDE];
    let x = wave(96 * SIDE, 1);
    linear(&x, &weights, Format::Q8_0, SIDE, SIDE);
    for token in x.chunks_exact(SIDE) {
        linear(token, &weights, Format::Q8_0, SIDE, SIDE);
    }
}
