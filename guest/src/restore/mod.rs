//! Restores what TagLib loses.
//!
//! TagLib rewrites a whole tag for a change of one field, and loses or alters what
//! it does not model. The parts of this module merge the tag that TagLib has
//! written with the original: what the edit asked for ([`Requested`]) comes from
//! the former, everything else from the latter.

mod id3v2;
mod id3v2_downgrade;
mod id3v2_people;
mod id3v2_subjects;
mod id3v2_text;
