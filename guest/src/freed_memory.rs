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
    trim_end_of_arena();
}

/// Gives back the free memory at the end of this thread's arena. `malloc_trim` does so only in the
/// arena of the main thread, so each of libuv's threads kept up to 23 MB.
///
/// Allocates blocks, which then take up the end of the arena, and gives back their pages before
/// the blocks are freed. `M_TRIM_THRESHOLD` has the same effect, but it is the app's.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn trim_end_of_arena() {
    /// Less than the size above which the addon lets glibc map blocks (`src/heap.rs`), in bytes.
    const BLOCK: usize = 15 << 20;
    /// Together they are larger than what glibc keeps, and fit into an arena of 64 MiB.
    const BLOCKS: usize = 3;
    /// A multiple of every page size of Linux, in bytes.
    const PAGE: usize = 64 << 10;
    let mut blocks: [Vec<u8>; BLOCKS] = Default::default();
    for block in &mut blocks {
        if block.try_reserve_exact(BLOCK).is_err() {
            return;
        }
        let start = block.as_mut_ptr();
        let offset = start.align_offset(PAGE);
        let length = (block.capacity() - offset) / PAGE * PAGE;
        // SAFETY: the pages are within the block, which is not initialized, so that their content
        // does not matter. The C library's own data is in front of the block and behind it.
        unsafe { libc::madvise(start.add(offset).cast(), length, libc::MADV_DONTNEED) };
    }
}

/// Other allocators give large blocks back when they are freed.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn trim() {}
