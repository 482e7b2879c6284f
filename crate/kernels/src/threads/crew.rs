//! The threads of a wasm module: other instances of it that share its memory and are started by the host.
//!
//! Rust knows nothing of them, since its standard library is compiled for a single thread. So they run pieces of kernels
//! and nothing else. A piece writes to its outputs only, which no other piece has; what orders one thread's writes before
//! another's reads happens in the host; and whoever runs pieces gives each thread a stack and an allocator of its own.

use std::cell::Cell;

/// Threads that compute pieces side by side.
pub trait Crew {
    /// How many they are, the caller's among them.
    fn threads(&self) -> usize;

    /// Calls `piece` with every number below `count` once, on any of them, and returns when all calls have.
    fn run(&self, count: usize, piece: &(dyn Fn(usize) + Sync));
}

thread_local! {
    /// None while it is at work, so that a kernel within a piece is one piece.
    static CREW: Cell<Option<&'static dyn Crew>> = const { Cell::new(None) };
}

/// Kernels run on that crew from now on; none means the caller's thread alone.
pub fn employ(crew: Option<&'static dyn Crew>) {
    CREW.set(crew);
}

/// Threads that the caller's kernels run on.
pub(super) fn threads() -> usize {
    CREW.get().map_or(1, Crew::threads)
}

/// Does the work of every item.
pub(super) fn spread<T: Send>(items: &mut [T], work: &(dyn Fn(&mut T) + Sync)) {
    match CREW.take() {
        Some(crew) if items.len() > 1 => {
            let (count, items) = (items.len(), Items(items.as_mut_ptr()));
            // SAFETY: every number below the length comes once, so that nobody else has that item.
            crew.run(count, &|i| work(unsafe { items.get(i) }));
            CREW.set(Some(crew));
        }
        crew => {
            CREW.set(crew);
            items.iter_mut().for_each(work);
        }
    }
}

/// Items of which each thread takes others.
struct Items<T>(*mut T);

// SAFETY: an item goes to one thread only, see `spread`.
unsafe impl<T: Send> Sync for Items<T> {}

impl<T> Items<T> {
    /// # Safety
    /// `i` is the number of an item that nobody else has.
    #[allow(clippy::mut_from_ref, reason = "the caller answers for it")]
    unsafe fn get(&self, i: usize) -> &mut T {
        // SAFETY: as above.
        unsafe { &mut *self.0.add(i) }
    }
}
