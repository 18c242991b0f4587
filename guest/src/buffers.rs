//! Reuses buffers.
//!
//! A window of a file, or a picture, takes some tens of pages. The allocator returns blocks of
//! that size to the system when they are freed. The next file then gets fresh pages, and each of
//! them faults when it is first touched: 35 faults for a file with a picture, a sixth of the time
//! of its read. So the latest buffers are kept here. All threads share them, since a picture is
//! allocated on one thread and freed on another.

use std::collections::TryReserveError;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

/// The smallest buffer that is kept, in bytes. The allocator itself keeps smaller
/// blocks.
const SMALLEST: usize = 16 << 10;

/// The largest buffer that is kept, in bytes. Few files need larger ones.
const LARGEST: usize = 1 << 20;

/// How many buffers are kept: the windows and pictures of the files that are read at the same
/// time.
const KEPT: usize = 16;

static FREE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// Bytes in a buffer that may be reused, such as a picture's.
#[derive(Default)]
pub struct Buffer {
    /// All bytes are initialised. Outside the range, a reused buffer has bytes of an earlier
    /// file, which are never returned.
    bytes: Vec<u8>,
    start: usize,
    length: usize,
}

impl Buffer {
    /// Makes a buffer of at most `length` bytes. `fill` writes to it and returns how
    /// many it has written. Fails if the system has no memory.
    pub fn filled<E: From<TryReserveError>>(
        length: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<Self, E> {
        let mut buffer = Self::of_length(length)?;
        let filled = fill(&mut buffer)?;
        buffer.truncate(filled);
        Ok(buffer)
    }

    /// Makes a buffer of `length` bytes with unspecified content.
    ///
    /// # Errors
    /// Fails if the system has no memory left.
    pub fn of_length(length: usize) -> Result<Self, TryReserveError> {
        let bytes = match used(length) {
            Some(bytes) => bytes,
            None => fresh(length)?,
        };
        Ok(Self { bytes, start: 0, length })
    }

    /// Shortens the buffer to `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Removes `count` bytes at the start.
    pub fn skip(&mut self, count: usize) {
        let count = count.min(self.length);
        self.start += count;
        self.length -= count;
    }
}

/// Takes the smallest kept buffer that is large enough.
fn used(length: usize) -> Option<Vec<u8>> {
    if !(SMALLEST..=LARGEST).contains(&length) {
        return None;
    }
    let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    let fitting = free.iter().enumerate().filter(|(_, bytes)| bytes.len() >= length);
    let (index, _) = fitting.min_by_key(|(_, bytes)| bytes.len())?;
    Some(free.swap_remove(index))
}

fn fresh(length: usize) -> Result<Vec<u8>, TryReserveError> {
    let capacity = capacity_for(length);
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(capacity)?;
    bytes.resize(capacity, 0);
    Ok(bytes)
}

/// Rounds up to a power of two if the buffer will be kept, so that it fits other uses.
fn capacity_for(length: usize) -> usize {
    if (SMALLEST..=LARGEST).contains(&length) { length.next_power_of_two() } else { length }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if !(SMALLEST..=LARGEST).contains(&self.bytes.len()) {
            return;
        }
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < KEPT {
            free.push(std::mem::take(&mut self.bytes));
        }
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.start..][..self.length]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..][..self.length]
    }
}

impl Buffer {
    /// Copies `bytes`. Fails if the system has no memory.
    pub(crate) fn copy_of(bytes: &[u8]) -> Result<Self, TryReserveError> {
        Self::filled(bytes.len(), |buffer| {
            buffer.copy_from_slice(bytes);
            Ok(bytes.len())
        })
    }
}

/// Copies bytes that the app already has in memory.
impl From<&[u8]> for Buffer {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Self {
        Self { start: 0, length: bytes.len(), bytes }
    }
}

impl Clone for Buffer {
    fn clone(&self) -> Self {
        Self::from(&self[..])
    }
}

impl PartialEq for Buffer {
    fn eq(&self, other: &Self) -> bool {
        self[..] == other[..]
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self[..].fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_an_earlier_use_are_not_returned() {
        drop(Buffer::from(&[7; 40_000][..]));
        let buffer = Buffer::filled(30_000, |bytes| {
            bytes[..3].copy_from_slice(b"abc");
            Ok::<_, TryReserveError>(3)
        });
        assert_eq!(buffer.unwrap()[..], *b"abc");
    }

    #[test]
    fn a_buffer_of_any_size_has_the_bytes_it_was_filled_with() {
        for length in [0, 1, SMALLEST - 1, SMALLEST, 100_000, LARGEST, LARGEST + 1] {
            let bytes = vec![1; length];
            let mut buffer = Buffer::from(&bytes[..]);
            assert_eq!(buffer[..], bytes[..]);
            assert_eq!(buffer.clone(), Buffer::from(bytes));
            buffer.skip(length / 2);
            assert_eq!(buffer.len(), length - length / 2);
        }
    }

    #[test]
    fn only_a_bounded_number_of_buffers_is_kept() {
        let buffers: Vec<Buffer> = (0..50).map(|_| Buffer::from(&[0; SMALLEST][..])).collect();
        drop(buffers);
        assert!(FREE.lock().unwrap().len() <= KEPT);
    }
}
