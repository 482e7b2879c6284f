//! The threads of the process.

/// Makes the calling thread one of `threads` that kernels run on from now on; false where it or the process has such a
/// pool already, which then stays.
pub fn start(threads: usize) -> bool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).use_current_thread().build_global().is_ok()
}

/// Threads that the caller's kernels run on.
pub(super) fn threads() -> usize {
    if rayon::current_thread_index().is_some() { rayon::current_num_threads() } else { 1 }
}

/// The first half here, the second by whoever has nothing to do before this thread gets there.
pub(super) fn spread<T: Send>(items: &mut [T], work: &(dyn Fn(&mut T) + Sync)) {
    match items {
        [] => {}
        [item] => work(item),
        _ => {
            let (first, second) = items.split_at_mut(items.len() / 2);
            rayon::join(|| spread(first, work), || spread(second, work));
        }
    }
}
