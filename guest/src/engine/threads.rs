//! The number of the host process's threads that run calls.

use std::env;
use std::thread::available_parallelism;

/// Returns the number of threads in libuv's pool, by libuv's own rules
/// (`threadpool.c`): four by default, otherwise the number with which
/// `UV_THREADPOOL_SIZE` begins, at least one and at most 1024.
pub fn libuv_threads() -> usize {
    pool_size(env::var("UV_THREADPOOL_SIZE").ok().as_deref())
}

/// Returns how many calls can run at once: one on each of libuv's threads. Runtimes
/// with other pools (Deno, Bun) may have more threads, such as one for each core.
pub(super) fn at_once() -> usize {
    let cores = available_parallelism().map_or(1, usize::from);
    libuv_threads().max(cores)
}

fn pool_size(configured: Option<&str>) -> usize {
    const DEFAULT: usize = 4;
    const MOST: usize = 1024;
    let Some(text) = configured.map(str::trim_start) else { return DEFAULT };
    // libuv converts a negative number to a huge one.
    if text.starts_with('-') {
        return MOST;
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text[..digits].parse() {
        Ok(number) => usize::clamp(number, 1, MOST),
        Err(_) if digits == 0 => 1,
        Err(_) => MOST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pool_has_as_many_threads_as_libuv_makes_of_it() {
        for (text, threads) in [
            ("8", 8),
            (" 16 threads", 16),
            ("0", 1),
            ("", 1),
            ("many", 1),
            ("-1", 1024),
            ("5000", 1024),
            ("99999999999999999999999", 1024),
        ] {
            assert_eq!(pool_size(Some(text)), threads, "{text:?}");
        }
        assert_eq!(pool_size(None), 4);
    }
}
