//! The headers of the streams in an Ogg file.

use super::element::{NativeElement, NativeValue};
use super::list::List;
use super::{flac, vorbis_comment};
use crate::containers::ogg::{self, Packets, Page, Pages};
use crate::containers::{Cursor, OggCodec, flac as flac_file};
use crate::error::Result;
use crate::sha256;

const KIND: &str = "Ogg header";

/// Adds the headers of each logical stream, wherever it begins.
pub(super) fn read(cursor: &mut Cursor<'_>, list: &mut List<'_>) -> Result<()> {
    let mut pages = Pages::within(0..cursor.size());
    while let Some(page) = pages.next(cursor)? {
        if page.flags() & ogg::FIRST != 0 {
            list.within("Ogg", |list| add_stream(cursor, page, list))?;
        }
    }
    list.add_rest(KIND, pages.rest(), cursor)
}

fn add_stream(cursor: &mut Cursor<'_>, page: Page, list: &mut List<'_>) -> Result<()> {
    let mut packets = Packets::from(page, cursor);
    let Some(first) = next(&mut packets, cursor)? else { return Ok(()) };
    let codec = OggCodec::of(&first);
    add(cursor, "identification", first, list)?;
    let Some(codec) = codec else { return Ok(()) };
    let Some(second) = next(&mut packets, cursor)? else { return Ok(()) };
    let is_last = second.first().is_some_and(|kind| kind & flac_file::LAST != 0);
    match codec.comments_at(&second) {
        Some(at) => {
            vorbis_comment::read(&second, at, list, cursor.budget())?;
            cursor.budget().release(second.len());
        }
        None => add(cursor, "comments", second, list)?,
    }
    match codec {
        OggCodec::Vorbis | OggCodec::Theora => match next(&mut packets, cursor)? {
            Some(third) => add(cursor, "setup", third, list),
            None => Ok(()),
        },
        OggCodec::Flac if !is_last => add_blocks(cursor, &mut packets, list),
        _ => Ok(()),
    }
}

/// Adds metadata blocks of FLAC, up to the last one.
fn add_blocks(cursor: &mut Cursor<'_>, packets: &mut Packets, list: &mut List<'_>) -> Result<()> {
    /// The first byte of an audio frame, which no block has.
    const AUDIO: u8 = 0xFF;
    while let Some(block) = next(packets, cursor)? {
        let Some(kind) = block.first().copied().filter(|kind| *kind != AUDIO) else { break };
        let body = block.get(flac_file::HEADER as usize..).unwrap_or_default();
        flac::add_block(kind & !flac_file::LAST, body, list, cursor.budget())?;
        cursor.budget().release(block.len());
        if kind & flac_file::LAST != 0 {
            break;
        }
    }
    Ok(())
}

fn next(packets: &mut Packets, cursor: &mut Cursor<'_>) -> Result<Option<Vec<u8>>> {
    match packets.next(cursor)? {
        Some(_) => packets.bytes(cursor),
        None => Ok(None),
    }
}

fn add(cursor: &Cursor<'_>, id: &str, packet: Vec<u8>, list: &mut List<'_>) -> Result<()> {
    let budget = cursor.budget();
    let sha256 = sha256::of(&packet, budget)?;
    budget.release(packet.len());
    let size = packet.len() as u64;
    list.add(NativeElement::new(KIND, id, size, NativeValue::Bytes { sha256 }))
}
