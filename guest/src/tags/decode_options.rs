//! Which parts of an answer are decoded.

/// Which parts of an answer are decoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DecodeOptions {
    /// Without it pictures are counted and not copied.
    pub pictures: bool,
}
