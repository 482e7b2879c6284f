//! An allocator that counts what each thread holds, and ends the program where one asks for more than the machine may give.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::{self, Write};

/// More than any input may hold, and less than does harm.
const HARMFUL: isize = 2 << 30;

thread_local! {
    /// Bytes that this thread holds and what it held at most, since it was last asked.
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    /// What it works on: a target and the number of an input.
    static WORK: Cell<(&'static str, u64)> = const { Cell::new(("nothing", 0)) };
}

/// Counts what is allocated.
pub struct Counting;

// SAFETY: all is done by the system's allocator; what is counted beside it allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // The old block lives until the new one is filled.
        count(size as isize);
        count(-(layout.size() as isize));
        // SAFETY: as the caller promises.
        unsafe { System.realloc(at, layout, size) }
    }
}

fn count(bytes: isize) {
    // A thread that ends has no counters any more.
    let _ = HELD.try_with(|held| {
        let now = held.get().saturating_add(bytes);
        held.set(now);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(now)));
        if now > HARMFUL && bytes > 0 {
            held.set(isize::MIN / 2); // what is printed below is not counted
            let (target, number) = WORK.try_with(Cell::get).unwrap_or_default();
            let _ = writeln!(Stderr, "fuzzing {target}: input {number} asks for {bytes} bytes and would hold {now}");
            std::process::abort();
        }
    });
}

/// Standard error without a lock or a buffer.
struct Stderr;

impl Write for Stderr {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// Does some work of this thread; returns the most bytes that it held beyond those that were held before.
pub fn most(target: &'static str, number: u64, work: impl FnOnce()) -> usize {
    WORK.set((target, number));
    HELD.set(0);
    PEAK.set(0);
    work();
    PEAK.get().max(0) as usize
}
