//! How the outputs of a kernel are divided between threads, and by whom they are computed.
//!
//! Only outputs are divided, never sums: whoever computes an element takes the same steps in the same order, so that the
//! results are the same bit for bit with any number of threads. Natively a kernel runs on the threads of the pool that its
//! caller belongs to, in wasm on those of the crew that the host employed, and elsewhere on the caller's alone.

#[cfg(target_family = "wasm")]
mod crew;
#[cfg(not(target_family = "wasm"))]
mod pool;

#[cfg(target_family = "wasm")]
pub use crew::{Crew, employ};
#[cfg(target_family = "wasm")]
use crew::{spread, threads};
#[cfg(not(target_family = "wasm"))]
pub use pool::start;
#[cfg(not(target_family = "wasm"))]
use pool::{spread, threads};
use std::ops::Range;

/// Multiply-adds, or as much other work, that are divided at all: some 30 µs. Less is done before a sleeping thread has
/// woken up, which takes 20, and waking it takes this thread 7.
const WORTH: usize = 1 << 18;
/// As many of a piece at least.
const LEAST: usize = 1 << 16;
/// Pieces for each thread, so that a thread that is late or has been interrupted leaves its share to the others.
const SHARES: usize = 4;

/// What an exponential costs, in multiply-adds.
pub(crate) const EXP: usize = 8;

/// Divides `count` things that cost `cost` together at multiples of `unit`: into one piece where more would not pay.
pub(crate) fn pieces(count: usize, unit: usize, cost: usize) -> Vec<Range<usize>> {
    let (threads, units) = (threads(), count.div_ceil(unit));
    let alone = threads == 1 || cost < WORTH;
    let most = if alone { 1 } else { (threads * SHARES).min(cost / LEAST).clamp(1, units.max(1)) };
    let border = |i: usize| (units * i / most * unit).min(count);
    (0..most).map(|i| border(i)..border(i + 1)).collect()
}

/// A matrix with rows of `width`, divided by rows.
pub(crate) fn rows<'a, T>(mut matrix: &'a mut [T], width: usize, pieces: &[Range<usize>]) -> Vec<&'a mut [T]> {
    let mut parts = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let (part, rest) = matrix.split_at_mut(piece.len() * width);
        parts.push(part);
        matrix = rest;
    }
    parts
}

/// A matrix with rows of `width`, divided by columns: of each piece its part of every row.
pub(crate) fn columns<'a>(matrix: &'a mut [f32], width: usize, pieces: &[Range<usize>]) -> Vec<Vec<&'a mut [f32]>> {
    let lines = matrix.len() / width.max(1);
    let mut parts: Vec<Vec<_>> = pieces.iter().map(|_| Vec::with_capacity(lines)).collect();
    for line in matrix.chunks_exact_mut(width.max(1)) {
        for (parts, part) in parts.iter_mut().zip(rows(line, 1, pieces)) {
            parts.push(part);
        }
    }
    parts
}

/// Does the work of every item, on all threads.
pub(crate) fn each<T: Send>(items: impl IntoIterator<Item = T>, work: impl Fn(&mut T) + Sync) {
    // By its address, so that a kernel is compiled once.
    let work: &(dyn Fn(&mut T) + Sync) = &work;
    let items = items.into_iter();
    match threads() {
        1 => items.for_each(|mut item| work(&mut item)),
        _ => spread(&mut items.collect::<Vec<_>>(), work),
    }
}

/// Computes a matrix with rows of `width` piece by piece of its rows, see [`pieces`]: `work` gets which, and them.
pub(crate) fn by_rows(matrix: &mut [f32], width: usize, cost: usize, work: impl Fn(Range<usize>, &mut [f32]) + Sync) {
    let pieces = pieces(matrix.len() / width.max(1), 1, cost);
    let parts = rows(matrix, width, &pieces);
    each(pieces.into_iter().zip(parts), |(piece, part)| work(piece.clone(), part));
}

/// Computes a matrix with rows of `width` piece by piece of its columns, see [`pieces`]: `work` gets which, and them of
/// every row.
pub(crate) fn by_columns(
    matrix: &mut [f32],
    width: usize,
    unit: usize,
    cost: usize,
    work: impl Fn(Range<usize>, &mut [&mut [f32]]) + Sync,
) {
    let pieces = pieces(width, unit, cost);
    let parts = columns(matrix, width, &pieces);
    each(pieces.into_iter().zip(parts), |(piece, part)| work(piece.clone(), part));
}

#[cfg(test)]
mod tests;
