//! Gives freed memory back to the system.
//!
//! An allocator keeps what is freed for the next allocation. glibc keeps it for each
//! thread, up to twice the size of the largest block that was ever freed: after a
//! few files with tags of 20 MB, libuv's threads kept 200 MB that no call used.

use std::sync::atomic::{AtomicBool, Ordering};

/// A call that has allocated less leaves no more behind, in bytes. Few files have
/// tags of this size: giving memory back takes a millisecond, and its pages are
/// faulted in again.
const MUCH: usize = 16 << 20;

/// Whether memory has been freed by another thread since it was given back.
static FREED_LATER: AtomicBool = AtomicBool::new(false);

/// Gives memory back after a call whose allocations on the host came to `allocated`
/// bytes.
pub(crate) fn give_back(allocated: usize) {
    if allocated >= MUCH {
        trim();
    }
}

/// Makes the next call give memory back, because a thread that may not be held up
/// frees `bytes` of it: the main thread, when it has taken a large answer.
pub fn freed_on_main_thread(bytes: usize) {
    if bytes >= MUCH {
        FREED_LATER.store(true, Ordering::Relaxed);
    }
}

/// Gives back what [`freed_on_main_thread`] has told of.
pub(crate) fn give_back_earlier() {
    if FREED_LATER.swap(false, Ordering::Relaxed) {
        trim();
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn trim() {
    // SAFETY: it has no preconditions, and any thread may call it (malloc_trim(3)).
    unsafe { libc::malloc_trim(0) };
}

/// Other allocators give large blocks back when they are freed.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn trim() {}
