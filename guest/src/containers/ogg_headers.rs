//! The headers of a logical stream in an Ogg file: the packets before the audio.

use super::ogg::{Packets, Page};
use super::{Cursor, OggCodec, flac};
use crate::error::Result;

/// What a header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    Identification,
    /// Vorbis comments, which begin at this offset.
    Comments(usize),
    /// The second packet, if it has no comments although the codec has some there.
    NoComments,
    Setup,
    /// A metadata block of FLAC.
    Block,
}

/// Calls `each` with the headers of the stream that begins on `page`. Only the first header of an
/// unknown codec is known.
pub(crate) fn each_header(
    cursor: &mut Cursor<'_>,
    page: Page,
    mut each: impl FnMut(&Cursor<'_>, Header, &[u8]) -> Result<()>,
) -> Result<()> {
    let mut packets = Packets::from(page, cursor);
    let mut next = |cursor: &mut Cursor<'_>| match packets.next(cursor)? {
        Some(_) => packets.bytes(cursor),
        None => Ok(None),
    };
    let mut pass = |cursor: &Cursor<'_>, header, packet: Vec<u8>| {
        each(cursor, header, &packet)?;
        cursor.budget().release(packet.len());
        Ok(())
    };
    let Some(first) = next(cursor)? else { return Ok(()) };
    let codec = OggCodec::of(&first);
    pass(cursor, Header::Identification, first)?;
    let Some(codec) = codec else { return Ok(()) };
    let Some(second) = next(cursor)? else { return Ok(()) };
    let mut is_last = is_last_block(&second);
    let comments = codec.comments_at(&second).map_or(Header::NoComments, Header::Comments);
    pass(cursor, comments, second)?;
    match codec {
        OggCodec::Vorbis | OggCodec::Theora => match next(cursor)? {
            Some(third) => pass(cursor, Header::Setup, third),
            None => Ok(()),
        },
        OggCodec::Flac => {
            while !is_last && let Some(block) = next(cursor)?.filter(|packet| is_block(packet)) {
                is_last = is_last_block(&block);
                pass(cursor, Header::Block, block)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Returns whether a packet of FLAC is a metadata block.
fn is_block(packet: &[u8]) -> bool {
    /// The first byte of an audio frame, which no block has.
    const AUDIO: u8 = 0xFF;
    packet.first().is_some_and(|kind| *kind != AUDIO)
}

fn is_last_block(block: &[u8]) -> bool {
    block.first().is_some_and(|kind| kind & flac::LAST != 0)
}
