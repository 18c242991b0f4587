//! Buffers that are used again.
//!
//! A window of a file or a cover is some tens of pages. The allocator gives
//! blocks of that size back to the system when they are freed, and the next
//! file's then come as fresh pages, each of which faults when it is first
//! touched: 35 faults for a file with a cover, a sixth of the time of its read.
//! So the latest ones are kept here, for all threads: a cover is made on one
//! and freed on another.

use std::collections::TryReserveError;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

/// Buffers of less are left to the allocator, in bytes: it keeps those itself.
const SMALLEST: usize = 16 << 10;

/// Buffers of more are given back to it, in bytes: few files need them.
const LARGEST: usize = 1 << 20;

/// How many are kept: windows and covers for the files that are read at once.
const KEPT: usize = 16;

static FREE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// Bytes, such as a picture's.
#[derive(Default)]
pub struct Buffer {
    /// All of it is initialised; a used one has bytes of an earlier file
    /// outside of the range, which nothing gives out.
    bytes: Vec<u8>,
    start: usize,
    length: usize,
}

impl Buffer {
    /// As many bytes as `fill` says that it has written, of `length` at most. Fails
    /// if the system has no memory.
    pub fn filled<E: From<TryReserveError>>(
        length: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<Self, E> {
        let mut buffer = Self::of_length(length)?;
        let filled = fill(&mut buffer)?;
        buffer.truncate(filled);
        Ok(buffer)
    }

    /// A buffer of `length` bytes, which may have any content.
    ///
    /// # Errors
    /// If the system has no memory left.
    pub fn of_length(length: usize) -> Result<Self, TryReserveError> {
        let bytes = match used(length) {
            Some(bytes) => bytes,
            None => fresh(length)?,
        };
        Ok(Self { bytes, start: 0, length })
    }

    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Takes so many bytes away at the start.
    pub fn skip(&mut self, count: usize) {
        let count = count.min(self.length);
        self.start += count;
        self.length -= count;
    }
}

/// The smallest one that is large enough.
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

/// A power of two if the buffer will be used again, so that it fits others, too.
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

/// For bytes that the app has in memory already.
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
    fn nothing_of_an_earlier_use_shows() {
        drop(Buffer::from(&[7; 40_000][..]));
        let buffer = Buffer::filled(30_000, |bytes| {
            bytes[..3].copy_from_slice(b"abc");
            Ok::<_, TryReserveError>(3)
        });
        assert_eq!(buffer.unwrap()[..], *b"abc");
    }

    #[test]
    fn any_size_holds_what_it_is_given() {
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
    fn no_more_are_kept_than_a_few_files_need() {
        let buffers: Vec<Buffer> = (0..50).map(|_| Buffer::from(&[0; SMALLEST][..])).collect();
        drop(buffers);
        assert!(FREE.lock().unwrap().len() <= KEPT);
    }
}
