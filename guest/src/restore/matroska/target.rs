//! What a tag of a Matroska file is about.

use super::tag_parts::subject;
use crate::containers::Cursor;
use crate::containers::matroska::{
    Element, TARGET_TYPE, TARGET_TYPE_VALUE, each_child, text, unsigned,
};
use crate::error::Result;
use crate::tags::Subject;

/// The `Targets` of a `Tag`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Target {
    pub level: Option<u64>,
    /// The name of the level, and identifiers of tracks, editions, chapters and
    /// attachments: the element, and a text or number. They are sorted.
    pub others: Vec<(u32, String)>,
}

impl Target {
    /// Adds what a `Targets` element says.
    pub(crate) fn read(&mut self, cursor: &mut Cursor<'_>, targets: &Element) -> Result<()> {
        each_child(cursor, targets, |cursor, target| {
            match target.id {
                TARGET_TYPE_VALUE => self.level = unsigned(cursor, &target.body)?,
                TARGET_TYPE => {
                    let name = text(cursor, &target.body)?;
                    cursor.budget().push(&mut self.others, (target.id, name))?;
                }
                id => match unsigned(cursor, &target.body)? {
                    // Zero is all of them.
                    Some(0) | None => {}
                    Some(uid) => cursor.budget().push(&mut self.others, (id, uid.to_string()))?,
                },
            }
            Ok(())
        })?;
        self.others.sort_unstable();
        Ok(())
    }

    /// What a text of this name holds.
    pub(crate) fn subject(&self, name: &str) -> Subject {
        match self.others.iter().any(|(id, _)| *id != TARGET_TYPE) {
            true => Subject::Other,
            false => subject(name, self.level),
        }
    }
}
