//! Checked access to the guest's memory.
//!
//! Pointers and lengths from the guest are 32-bit numbers that a hostile file
//! may have chosen. Every access goes through these functions, and none of them
//! reaches outside of the memory's bounds.

/// Returns the bytes at `pointer`, or `None` if they are not all in memory.
pub(super) fn bytes(memory: &[u8], pointer: u32, length: u32) -> Option<&[u8]> {
    let start = pointer as usize;
    memory.get(start..start.checked_add(length as usize)?)
}

pub(super) fn bytes_mut(memory: &mut [u8], pointer: u32, length: u32) -> Option<&mut [u8]> {
    let start = pointer as usize;
    memory.get_mut(start..start.checked_add(length as usize)?)
}

pub(super) fn read_u32(memory: &[u8], pointer: u32) -> Option<u32> {
    let bytes = bytes(memory, pointer, 4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// Copies `value` to `pointer`.
pub(super) fn write(memory: &mut [u8], pointer: u32, value: &[u8]) -> Option<()> {
    let length = u32::try_from(value.len()).ok()?;
    bytes_mut(memory, pointer, length)?.copy_from_slice(value);
    Some(())
}

/// Returns the NUL-terminated text at `pointer`, of at most `limit` bytes.
pub(super) fn c_string(memory: &[u8], pointer: u32, limit: usize) -> Option<String> {
    if pointer == 0 {
        return None;
    }
    let tail = memory.get(pointer as usize..)?;
    let end = tail.iter().take(limit).position(|byte| *byte == 0)?;
    Some(String::from_utf8_lossy(&tail[..end]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_and_lengths_outside_memory_reach_nothing() {
        let mut memory = [1_u8; 8];
        for (pointer, length) in
            [(8, 1), (7, 2), (0, 9), (u32::MAX, 1), (1, u32::MAX), (u32::MAX, u32::MAX)]
        {
            assert_eq!(bytes(&memory, pointer, length), None, "{pointer}+{length}");
            assert_eq!(bytes_mut(&mut memory, pointer, length), None, "{pointer}+{length}");
        }
        assert_eq!(bytes(&memory, 8, 0), Some(&[][..]));
        assert_eq!(read_u32(&memory, 5), None);
        assert_eq!(write(&mut memory, 7, &[2, 2]), None);
        assert_eq!(memory, [1; 8]);
    }

    #[test]
    fn a_text_must_end_within_memory_and_limit() {
        let memory = *b"\0abc\0xyz";
        assert_eq!(c_string(&memory, 1, 100).as_deref(), Some("abc"));
        assert_eq!(c_string(&memory, 1, 3), None);
        assert_eq!(c_string(&memory, 5, 100), None);
        assert_eq!(c_string(&memory, 0, 100), None);
        assert_eq!(c_string(&memory, 99, 100), None);
    }
}
