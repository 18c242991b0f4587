//! Makes the C library's heap keep the memory of pictures for the next ones.
//!
//! glibc maps each block of 128 KiB or more from the system, and unmaps it when it is freed,
//! until the program has freed such a block. Then the threshold becomes the size of the largest
//! mapped block that was freed, up to 32 MiB (mallopt(3), `M_MMAP_THRESHOLD`). Pictures are about
//! that large. If they are mapped, each of their pages causes a page fault when it is first
//! touched: in Rust, and again in V8, whose buffers come from the same heap.
//!
//! musl maps blocks of 128 KiB or more without such a rule, and has no function that changes it.
//! macOS and Windows were not measured.

/// The size of the block that raises the thresholds, in bytes. It is larger than any ordinary
/// picture. 4 MiB was rejected: the heap is trimmed when twice this size is free at its end, and
/// freed pictures still reached that.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const BLOCK: usize = 16 << 20;

/// Makes the heap keep large blocks that are freed.
///
/// This is safe: it allocates and frees one block, as any library may. The block is never
/// touched, so it takes address space but no memory. Afterwards each arena of the heap (one for
/// the main thread, some for the other threads) may keep up to twice [`BLOCK`] of free memory at
/// its end instead of returning it to the system. An app that sets the thresholds itself, by
/// `mallopt` or `MALLOC_TRIM_THRESHOLD_`, turns the rule off. Then this has no effect.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn keep_large_blocks() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| drop(std::hint::black_box(Vec::<u8>::with_capacity(BLOCK))));
}

/// Does nothing: other C libraries have no such rule.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn keep_large_blocks() {}
