//! Files as the host reads and writes them, and as the guest sees them.
//!
//! [`DiskFile`] is an open file, and [`ReadAhead`] answers small reads from windows of
//! it. [`FileView`] is the version of a file that the guest may read, [`Editable`] is a
//! file that the guest may change, and [`ChangedRanges`] has the ranges that were
//! changed. [`PartialFile`] is a file of which only some parts are here.

mod changed_ranges;
mod disk;
mod editable;
mod partial;
mod read_ahead;
mod replace;
#[cfg(test)]
pub(crate) mod unlinked;
mod view;

pub(crate) use changed_ranges::ChangedRanges;
pub use disk::Faults;
pub(crate) use disk::{DiskFile, copy_from};
pub(crate) use editable::{Editable, MAX_SIZE};
pub use partial::PartialFile;
pub(crate) use read_ahead::{LONGEST_WINDOW, ReadAhead};
pub(crate) use replace::replace_range;
pub(crate) use view::{FileView, Splice};
