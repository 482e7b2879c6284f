//! The allocator of the module. The system's serves a single thread. What helpers allocate while they compute a piece they
//! need no longer than that, so each has a block of its own: its stack at the end, growing down, and before it what was
//! allocated, which is forgotten with the piece.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Bytes of a helper, and what they are aligned to.
pub const BLOCK: usize = 1 << 22;
/// Of them its stack.
const STACK: usize = 1 << 19;
/// Where the number of bytes in use stands, at the start of a block, and what is in use when nothing is.
const HEAD: usize = 16;

/// Where blocks begin and end: nowhere without helpers. Set before there are any.
static FIRST: AtomicUsize = AtomicUsize::new(0);
static END: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// Blocks for so many helpers; the address of the first.
pub fn reserve(count: usize) -> usize {
    let blocks = Layout::from_size_align(count * BLOCK, BLOCK).unwrap_or_else(|_| panic!("{count} helpers do not fit"));
    // SAFETY: the layout has a size; these bytes are never given back.
    let first = unsafe { System.alloc_zeroed(blocks) } as usize;
    assert!(first != 0, "no memory for {count} helpers");
    for block in (first..first + count * BLOCK).step_by(BLOCK) {
        // SAFETY: the block was just allocated, and nobody runs in it yet.
        unsafe { *(block as *mut usize) = HEAD };
    }
    FIRST.store(first, Relaxed);
    END.store(first + count * BLOCK, Relaxed);
    first
}

/// Forgets what the calling helper has allocated.
pub fn forget() {
    if let Some(used) = own() {
        *used = HEAD;
    }
}

/// The head of the block in which the caller's stack lies; none on the stack of the module's own thread.
fn own() -> Option<&'static mut usize> {
    let mark = 0u8;
    // What the optimizer cannot see through lies on the stack.
    let stack = black_box(&raw const mark) as usize;
    let is_helper = (FIRST.load(Relaxed)..END.load(Relaxed)).contains(&stack);
    // SAFETY: a block's head belongs to the one thread whose stack the block holds.
    is_helper.then(|| unsafe { &mut *((stack & !(BLOCK - 1)) as *mut usize) })
}

struct Allocator;

// Nothing of it is copied to the ten thousand places that allocate.
// SAFETY: the system's allocator, and within a block disjoint ranges in rising order.
unsafe impl GlobalAlloc for Allocator {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match own() {
            // SAFETY: handed on as it is.
            None => unsafe { System.alloc(layout) },
            Some(used) => take(used, layout),
        }
    }

    #[inline(never)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match own() {
            // SAFETY: handed on as it is.
            None => unsafe { System.alloc_zeroed(layout) },
            Some(used) => {
                let start = take(used, layout);
                if !start.is_null() {
                    // SAFETY: that many bytes were just taken.
                    unsafe { start.write_bytes(0, layout.size()) };
                }
                start
            }
        }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        match own() {
            // SAFETY: handed on as it is.
            None => unsafe { System.dealloc(start, layout) },
            // Only the last one leaves room.
            Some(used) => {
                let block = &raw const *used as usize;
                if start as usize + layout.size() == block + *used {
                    *used = start as usize - block;
                }
            }
        }
    }

    #[inline(never)]
    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Some(used) = own() else {
            // SAFETY: handed on as it is.
            return unsafe { System.realloc(start, layout, size) };
        };
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else { return null_mut() };
        let moved = take(used, wanted);
        if !moved.is_null() {
            // SAFETY: the new range lies behind the old one, and both have that many bytes.
            unsafe { moved.copy_from_nonoverlapping(start, layout.size().min(size)) };
        }
        moved
    }
}

/// The next bytes of a block; null when it is full, which ends the helper.
fn take(used: &mut usize, layout: Layout) -> *mut u8 {
    let block = &raw const *used as usize;
    let start = (block + *used).next_multiple_of(layout.align());
    match start.checked_add(layout.size()) {
        Some(end) if end <= block + BLOCK - STACK => {
            *used = end - block;
            start as *mut u8
        }
        _ => null_mut(),
    }
}
