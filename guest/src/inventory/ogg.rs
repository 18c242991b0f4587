//! The headers of the streams in an Ogg file.

use super::{Inventory, vorbis_comment};
use crate::containers::ogg::{self, Packets, Page, Pages};
use crate::containers::{Cursor, OggCodec, flac};
use crate::error::Result;
use crate::tags::Subject;

const KIND: &str = "Ogg header";

/// Adds the headers of each logical stream, wherever it begins.
pub(super) fn take(cursor: &mut Cursor<'_>, inventory: &mut Inventory) -> Result<()> {
    let mut pages = Pages::within(0..cursor.size());
    while let Some(page) = pages.next(cursor)? {
        if page.flags() & ogg::FIRST != 0 {
            take_stream(cursor, page, inventory)?;
        }
    }
    Ok(())
}

fn take_stream(cursor: &mut Cursor<'_>, page: Page, inventory: &mut Inventory) -> Result<()> {
    let mut packets = Packets::from(page, cursor);
    let Some(first) = next(&mut packets, cursor)? else { return Ok(()) };
    let codec = OggCodec::of(&first);
    add(cursor, "identification", first, inventory)?;
    let Some(codec) = codec else { return Ok(()) };
    let Some(second) = next(&mut packets, cursor)? else { return Ok(()) };
    let is_last = second.first().is_some_and(|kind| kind & flac::LAST != 0);
    match codec.comments_at(&second) {
        Some(at) => {
            vorbis_comment::take(&second, at, inventory, cursor.budget())?;
            cursor.budget().release(second.len());
        }
        None => add(cursor, "comments", second, inventory)?,
    }
    match codec {
        OggCodec::Vorbis | OggCodec::Theora => {
            let Some(third) = next(&mut packets, cursor)? else { return Ok(()) };
            add(cursor, "setup", third, inventory)
        }
        OggCodec::Flac if !is_last => take_blocks(cursor, &mut packets, inventory),
        _ => Ok(()),
    }
}

/// Adds metadata blocks of FLAC, up to the last one. Padding is no content.
fn take_blocks(
    cursor: &mut Cursor<'_>,
    packets: &mut Packets,
    inventory: &mut Inventory,
) -> Result<()> {
    /// The first byte of an audio frame, which no block has.
    const AUDIO: u8 = 0xFF;
    while let Some(block) = next(packets, cursor)? {
        let Some(kind) = block.first().copied().filter(|kind| *kind != AUDIO) else { break };
        match kind & !flac::LAST {
            flac::PADDING => cursor.budget().release(block.len()),
            _ => add(cursor, "metadata block", block, inventory)?,
        }
        if kind & flac::LAST != 0 {
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

fn add(cursor: &Cursor<'_>, key: &str, packet: Vec<u8>, inventory: &mut Inventory) -> Result<()> {
    let budget = cursor.budget();
    let text = format!("{} bytes", packet.len());
    inventory.add(KIND, key, Subject::Other, &packet, &text, budget)?;
    budget.release(packet.len());
    Ok(())
}
