//! Gives freed memory back to the system.
//!
//! An allocator keeps freed memory for the next allocation. glibc keeps it for each thread, up to
//! twice the size of the largest block that was ever freed: after a few files with tags of 20 MB,
//! libuv's threads kept 200 MB that no call used.

use std::sync::atomic::{AtomicBool, Ordering};

/// The number of bytes that a call must have allocated for memory to be given back at its end.
/// Few files have tags of this size: giving memory back takes a millisecond, and the pages fault
/// again when they are next used.
const MUCH: usize = 16 << 20;

/// Whether another thread has freed memory since memory was last given back.
static FREED_LATER: AtomicBool = AtomicBool::new(false);

/// Gives memory back after a call that has allocated `allocated` bytes on the host.
pub(crate) fn give_back(allocated: usize) {
    if allocated >= MUCH {
        trim();
    }
}

/// Makes the next call give memory back. The main thread calls this when it has taken a large
/// answer and frees `bytes` of it, since it must not be delayed itself.
pub fn freed_on_main_thread(bytes: usize) {
    if bytes >= MUCH {
        FREED_LATER.store(true, Ordering::Relaxed);
    }
}

/// Gives back the memory that [`freed_on_main_thread`] has recorded.
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
