//! The metadata blocks of FLAC.

use super::element::{NativeElement, NativeValue};
use super::list::List;
use super::vorbis_comment;
use crate::containers::Cursor;
use crate::containers::flac::{self, Blocks};
use crate::containers::flac_picture::PictureBlock;
use crate::error::Result;
use crate::limits::Budget;
use crate::sha256;
use std::ops::Range;

const KIND: &str = "FLAC block";

/// Adds the blocks of the stream that begins at `at`, if it is FLAC.
pub(super) fn read(cursor: &mut Cursor<'_>, at: u64, list: &mut List<'_>) -> Result<()> {
    let Some(mut blocks) = Blocks::read(cursor, at)? else { return Ok(()) };
    list.within("FLAC", |list| {
        while let Some(block) = blocks.next(cursor)? {
            add(cursor, block.kind, block.body, list)?;
        }
        Ok(())
    })
}

fn add(cursor: &mut Cursor<'_>, kind: u8, body: Range<u64>, list: &mut List<'_>) -> Result<()> {
    match kind {
        flac::PADDING => {
            let size = body.end - body.start;
            list.add(NativeElement::new(KIND, "PADDING", size, NativeValue::Padding))
        }
        flac::VORBIS_COMMENT | flac::PICTURE | flac::APPLICATION => {
            let Some(bytes) = cursor.bytes(body)? else { return Ok(()) };
            add_block(kind, &bytes, list, cursor.budget())?;
            cursor.budget().release(bytes.len());
            Ok(())
        }
        kind => list.add_range(KIND, name(kind), body, cursor),
    }
}

/// Adds a block with this body.
pub(super) fn add_block(kind: u8, body: &[u8], list: &mut List<'_>, budget: &Budget) -> Result<()> {
    let size = body.len() as u64;
    if kind == flac::VORBIS_COMMENT {
        return vorbis_comment::read(body, 0, list, budget);
    }
    if kind == flac::PADDING {
        return list.add(NativeElement::new(KIND, "PADDING", size, NativeValue::Padding));
    }
    let picture = match kind {
        flac::PICTURE => PictureBlock::parse(body),
        _ => None,
    };
    if let Some(picture) = picture {
        let data = usize::try_from(picture.data.start).ok().and_then(|start| body.get(start..));
        let data = data.unwrap_or_default();
        let length = usize::try_from(picture.data.end - picture.data.start).unwrap_or(usize::MAX);
        let sha256 = sha256::of(&data[..length.min(data.len())], budget)?;
        let element = NativeElement::new(KIND, name(kind), size, NativeValue::Bytes { sha256 });
        return list.add(NativeElement {
            description: Some(String::from_utf8_lossy(picture.description).into_owned()),
            mime_type: Some(String::from_utf8_lossy(picture.mime_type).into_owned()),
            ..element
        });
    }
    let id = match body.first_chunk::<4>() {
        Some(id) if kind == flac::APPLICATION => {
            format!("APPLICATION {}", String::from_utf8_lossy(id))
        }
        _ => name(kind),
    };
    let sha256 = sha256::of(body, budget)?;
    list.add(NativeElement::new(KIND, id, size, NativeValue::Bytes { sha256 }))
}

fn name(kind: u8) -> String {
    match kind {
        flac::STREAM_INFO => "STREAMINFO".to_owned(),
        flac::APPLICATION => "APPLICATION".to_owned(),
        flac::SEEK_TABLE => "SEEKTABLE".to_owned(),
        flac::CUE_SHEET => "CUESHEET".to_owned(),
        flac::PICTURE => "PICTURE".to_owned(),
        kind => format!("type {kind}"),
    }
}
