//! Walks the audio of a file from its start to its end.
//!
//! In Ogg and Matroska all of the file must be walked to find the audio, so a part is found when
//! the one before it is done. In other formats a few places tell where all of it is.

use super::matroska::Clusters;
use super::ogg::AudioPages;
use super::{AudioError, find};
use crate::containers::{Container, Cursor};
use crate::error::Result;
use std::ops::Range;

/// The parts with audio, in the order in which they are in the file.
#[derive(Debug)]
pub(crate) struct AudioWalk(Parts);

#[derive(Debug)]
enum Parts {
    Ogg(AudioPages),
    Matroska(Clusters),
    Found(std::vec::IntoIter<Range<u64>>),
}

/// What a walk has found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Part(Range<u64>),
    End,
    /// The container contradicts itself.
    Damaged,
}

impl AudioWalk {
    /// Starts a walk, or returns `None` if the container contradicts itself.
    pub(crate) fn start(cursor: &mut Cursor<'_>) -> Result<Option<Self>> {
        let whole = 0..cursor.size();
        let parts = match Container::of(cursor)? {
            Container::Ogg => Parts::Ogg(AudioPages::within(whole)),
            Container::Matroska => Parts::Matroska(Clusters::within(whole)),
            _ => match find(cursor) {
                Ok(audio) => Parts::Found(audio.ranges.into_iter()),
                Err(AudioError::Damaged(_)) => return Ok(None),
                Err(AudioError::Failed(error)) => return Err(error),
            },
        };
        Ok(Some(Self(parts)))
    }

    /// Goes on to the next part. After a failure, it goes on where it was.
    pub(crate) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Step> {
        let found = match &mut self.0 {
            Parts::Ogg(pages) => pages.next(cursor),
            Parts::Matroska(clusters) => clusters.next(cursor),
            Parts::Found(ranges) => Ok(ranges.next()),
        };
        match found {
            Ok(Some(part)) => Ok(Step::Part(part)),
            Ok(None) => Ok(Step::End),
            Err(AudioError::Damaged(_)) => Ok(Step::Damaged),
            Err(AudioError::Failed(error)) => Err(error),
        }
    }
}
