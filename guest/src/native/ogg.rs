//! The headers of the streams in an Ogg file.

use super::element::{NativeElement, NativeValue};
use super::list::List;
use super::{flac, vorbis_comment};
use crate::containers::ogg::{self, Pages};
use crate::containers::ogg_headers::{Header, each_header};
use crate::containers::{Cursor, flac as flac_file};
use crate::error::Result;
use crate::sha256;

const KIND: &str = "Ogg header";

/// Adds the headers of each logical stream, wherever it begins.
pub(super) fn read(cursor: &mut Cursor<'_>, list: &mut List<'_>) -> Result<()> {
    let mut pages = Pages::within(0..cursor.size());
    while let Some(page) = pages.next(cursor)? {
        if page.flags() & ogg::FIRST != 0 {
            list.within("Ogg", |list| {
                each_header(cursor, page, |cursor, header, packet| {
                    add(cursor, header, packet, list)
                })
            })?;
        }
    }
    list.add_rest(KIND, pages.rest(), cursor)
}

fn add(cursor: &Cursor<'_>, header: Header, packet: &[u8], list: &mut List<'_>) -> Result<()> {
    let budget = cursor.budget();
    let id = match header {
        Header::Comments(at) => return vorbis_comment::read(packet, at, list, budget),
        Header::Block => {
            let kind = packet.first().map_or(0, |kind| kind & !flac_file::LAST);
            let body = packet.get(flac_file::HEADER as usize..).unwrap_or_default();
            return flac::add_block(kind, body, list, budget);
        }
        Header::Identification => "identification",
        Header::NoComments => "comments",
        Header::Setup => "setup",
    };
    let sha256 = sha256::of(packet, budget)?;
    let size = packet.len() as u64;
    list.add(NativeElement::new(KIND, id, size, NativeValue::Bytes { sha256 }))
}
