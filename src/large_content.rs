//! The content of a file that JavaScript passes in pieces, over several turns of its event loop.

use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::mem;

/// Content that is being copied.
pub(crate) struct LargeContent {
    bytes: Vec<u8>,
    size: usize,
}

impl LargeContent {
    /// Returns the whole content, and leaves none.
    pub(crate) fn take(&mut self) -> Result<Vec<u8>> {
        if self.bytes.len() != self.size {
            return Err(Error::from_reason("the content is not complete"));
        }
        self.size = 0;
        Ok(mem::take(&mut self.bytes))
    }
}

/// Makes room for content of `size` bytes. Returns nothing if there is no memory for it.
#[napi(ts_return_type = "ExternalObject<LargeContent> | null")]
pub(crate) fn create_content(size: u32) -> Option<External<LargeContent>> {
    let size = size as usize;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size).ok()?;
    Some(External::new(LargeContent { bytes, size }))
}

/// Appends a copy of the next piece.
#[napi]
pub(crate) fn append_content(
    mut content: ExternalRef<LargeContent>,
    piece: Uint8Array,
) -> Result<()> {
    let content = &mut *content;
    if piece.len() > content.size - content.bytes.len() {
        return Err(Error::from_reason("the content is larger than announced"));
    }
    content.bytes.extend_from_slice(&piece);
    Ok(())
}
