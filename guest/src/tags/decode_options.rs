//! Which parts of an answer are decoded.

/// Which parts of an answer are decoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DecodeOptions {
    /// Whether pictures are copied. Otherwise they are only counted.
    pub pictures: bool,
}
