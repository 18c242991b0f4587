//! Reads the comments of an Ogg stream without large pictures that are not here, for a call that
//! does not want pictures.

use super::flac::{self, LONGEST_HEAD};
use super::ogg_packet::PacketReader;
use super::{FoundPicture, HiddenPictures, Hiding, MAX_PARTS, NotHidden, PictureData, require};
use crate::containers::Cursor;
use crate::containers::flac_picture::PictureBlock;
use base64_simd::{Out, STANDARD};

pub(super) const PICTURE: &[u8] = b"METADATA_BLOCK_PICTURE=";

/// How much of a skipped picture is read: its texts, in Base64. It is a multiple of four.
const HEAD: usize = LONGEST_HEAD.div_ceil(3) * 4;

pub(super) fn begins_with(comment: &[u8], name: &[u8]) -> bool {
    comment.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// Reads the packet of comments, which begins with `magic`, to the start of `bytes`. Leaves out
/// the pictures that it skips, and does not count them. Returns the length that remains.
pub(super) fn read_abridged(
    cursor: &mut Cursor<'_>,
    reader: &mut PacketReader,
    magic: &[u8],
    bytes: &mut [u8],
    hidden: &mut HiddenPictures,
) -> Hiding<usize> {
    let mut kept = Kept { bytes, length: 0 };
    kept.read(cursor, reader, magic.len())?;
    let vendor = kept.number(cursor, reader)?;
    kept.read(cursor, reader, vendor)?;
    let count_at = kept.length;
    let count = kept.number(cursor, reader)?;
    require(count <= MAX_PARTS)?;
    let mut kept_count = count as u32;
    for _ in 0..count {
        let start = kept.length;
        let length = kept.number(cursor, reader)?;
        let name = kept.read(cursor, reader, length.min(PICTURE.len()))?;
        let is_picture = begins_with(name, PICTURE);
        let rest = length.saturating_sub(PICTURE.len());
        if is_picture
            && rest > HEAD
            && !reader.is_here(cursor, rest)
            && let Some(picture) = skipped_picture(cursor, reader, rest)?
        {
            hidden.add(picture)?;
            kept.length = start;
            kept_count -= 1;
        } else {
            if is_picture && rest <= kept.bytes.len() - kept.length {
                reader.request(cursor, rest)?;
            }
            kept.read(cursor, reader, rest)?;
        }
    }
    kept.bytes[count_at..][..4].copy_from_slice(&kept_count.to_le_bytes());
    let rest = reader.read_to_end(cursor, &mut kept.bytes[kept.length..])?;
    Ok(kept.length + rest)
}

/// Reads the texts of a picture of `length` bytes in Base64, and skips its data. Returns `None`, and
/// leaves the reader where it was, if all of the picture must be read.
fn skipped_picture(
    cursor: &mut Cursor<'_>,
    reader: &mut PacketReader,
    length: usize,
) -> Hiding<Option<FoundPicture>> {
    require(length.is_multiple_of(4))?;
    let mut ahead = reader.clone();
    let (mut encoded, mut head) = ([0; HEAD], [0; HEAD / 4 * 3]);
    ahead.read(cursor, &mut encoded)?;
    let decoded = STANDARD.decode(&encoded, Out::from_slice(&mut head));
    require(decoded.is_ok_and(|decoded| decoded.len() == HEAD / 4 * 3))?;
    let size = PictureBlock::parse(&head).ok_or(NotHidden::Unusual)?.data.end;
    let (fields, _) = flac::fields(&head, size)?;
    let padding = (length as u64 / 4 * 3).checked_sub(size).ok_or(NotHidden::Unusual)?;
    require(padding <= 2)?;
    if !ahead.skip(cursor, length - HEAD, |end| ends_base64(end, padding as usize))? {
        return Ok(None);
    }
    *reader = ahead;
    Ok(Some(FoundPicture { fields, data: PictureData::Skipped }))
}

/// Returns whether Base64 with `padding` characters of padding may end with `end`.
fn ends_base64(end: &[u8], padding: usize) -> bool {
    // The first group may have begun on another page. Zeros complete it.
    let groups = [&b"AAA"[..(4 - end.len() % 4) % 4], end].concat();
    let length = groups.len() / 4 * 3 - padding.min(end.len());
    STANDARD.check(&groups).is_ok() && STANDARD.decoded_length(&groups).is_ok_and(|it| it == length)
}

/// The part of the packet that is kept.
struct Kept<'a> {
    bytes: &'a mut [u8],
    length: usize,
}

impl Kept<'_> {
    fn read(
        &mut self,
        cursor: &mut Cursor<'_>,
        reader: &mut PacketReader,
        count: usize,
    ) -> Hiding<&[u8]> {
        let end = self.length.checked_add(count).ok_or(NotHidden::Unusual)?;
        let part = self.bytes.get_mut(self.length..end).ok_or(NotHidden::Unusual)?;
        reader.read(cursor, part)?;
        self.length = end;
        Ok(part)
    }

    /// Reads a length or a count.
    fn number(&mut self, cursor: &mut Cursor<'_>, reader: &mut PacketReader) -> Hiding<usize> {
        let bytes = self.read(cursor, reader, 4)?;
        let number = bytes.try_into().map_err(|_| NotHidden::Unusual)?;
        Ok(u32::from_le_bytes(number) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{HiddenPictures, MAX_PARTS, hide};
    use crate::containers::ogg::{CONTINUED, FIRST, LAST, NO_POSITION, PageFields, segments_of};
    use crate::error::ErrorKind;
    use crate::file::{PartialFile, ReadAhead, Splice, unlinked};
    use base64_simd::STANDARD;
    use std::ops::Range;
    use std::sync::Arc;

    const SERIAL: u32 = 77;
    const HEAD: u64 = 20_000;
    const TAIL: u64 = 16_384;

    fn comment(text: &[u8]) -> Vec<u8> {
        [&(text.len() as u32).to_le_bytes()[..], text].concat()
    }

    fn picture(size: usize) -> Vec<u8> {
        let number = |number: usize| (number as u32).to_be_bytes();
        let data: Vec<u8> = (0..size).map(|index| (index * 31 + index / 97) as u8).collect();
        let block = [
            &number(3)[..],
            &number(10),
            b"image/jpeg",
            &number(5),
            b"cover",
            &[0; 16],
            &number(size),
            &data,
        ];
        let encoded = STANDARD.encode_to_string(block.concat());
        comment(format!("METADATA_BLOCK_PICTURE={encoded}").as_bytes())
    }

    fn packet(magic: &[u8], comments: &[Vec<u8>]) -> Vec<u8> {
        let count = (comments.len() as u32).to_le_bytes();
        [magic, &comment(b"a vendor"), &count, &comments.concat()].concat()
    }

    /// A stream whose pages have the numbers of segments that `segments_of_page` returns.
    struct Stream<'a> {
        segments_of_page: &'a dyn Fn(usize) -> usize,
        bytes: Vec<u8>,
        sequence: u32,
        /// Where the pages begin.
        pages: Vec<usize>,
    }

    impl Stream<'_> {
        fn page(&mut self, flags: u8, segments: &[u8], body: &[u8], ends_packet: bool) {
            let granule_position = if ends_packet { 0 } else { NO_POSITION };
            let fields =
                PageFields { flags, granule_position, serial: SERIAL, sequence: self.sequence };
            self.sequence += 1;
            self.pages.push(self.bytes.len());
            fields.write(segments, body, &mut self.bytes, &unlinked::budget()).unwrap();
        }

        /// Adds packets, which may share pages.
        fn packets(&mut self, packets: &[&[u8]]) {
            let segments: Vec<u8> =
                packets.iter().flat_map(|packet| segments_of(packet.len())).collect();
            let body = packets.concat();
            let (mut from, mut at, mut index) = (0, 0, 0);
            while from < segments.len() {
                let to = segments.len().min(from + (self.segments_of_page)(index));
                let part = &segments[from..to];
                let length: usize = part.iter().map(|segment| usize::from(*segment)).sum();
                let is_continued = from > 0 && segments[from - 1] == 255;
                let flags = if is_continued { CONTINUED } else { 0 };
                let ends_packet = part.iter().any(|segment| *segment < 255);
                self.page(flags, part, &body[at..at + length], ends_packet);
                (from, at, index) = (to, at + length, index + 1);
            }
        }
    }

    /// Makes a stream with these comments, and returns where its pages begin.
    fn ogg(
        name: &str,
        comments: &[Vec<u8>],
        segments_of_page: &dyn Fn(usize) -> usize,
    ) -> (Vec<u8>, Vec<usize>) {
        let mut stream =
            Stream { segments_of_page, bytes: Vec::new(), sequence: 0, pages: Vec::new() };
        if name == "a.ogg" {
            stream.page(FIRST, &[30], &[b"\x01vorbis", &[0; 23][..]].concat(), true);
            let second = [&packet(b"\x03vorbis", comments)[..], &[1]].concat();
            stream.packets(&[&second, &[b"\x05vorbis", &[9; 3_000][..]].concat()]);
        } else {
            stream.page(FIRST, &[19], &[b"OpusHead", &[0; 11][..]].concat(), true);
            stream.packets(&[&packet(b"OpusTags", comments)]);
        }
        for index in 0..40 {
            let flags = if index == 39 { LAST } else { 0 };
            stream.page(flags, &[255, 255, 255, 255, 100], &[8; 1_120], true);
        }
        (stream.bytes, stream.pages)
    }

    /// What the guest sees instead of the file, and the number of pictures.
    type Hidden = Option<(Vec<Splice>, usize)>;

    fn outcome(hidden: Option<HiddenPictures>) -> Hidden {
        let mut hidden = hidden?;
        Some((hidden.take_splices(), hidden.pictures.len()))
    }

    fn of_whole_file(bytes: &[u8], name: &str) -> Hidden {
        let budget = unlinked::budget();
        let mut file = ReadAhead::new(unlinked::file(bytes), bytes.len() as u64, &budget);
        outcome(hide(&mut file, name, false, &budget).unwrap())
    }

    /// Hides the pictures of a file of which both ends are here. Also returns the ranges that it
    /// asks for, whose first bytes are then here.
    fn of_parts(bytes: &[u8], name: &str) -> (Hidden, Vec<Range<u64>>) {
        let size = bytes.len() as u64;
        let partial = Arc::new(PartialFile::new(name.to_owned(), size));
        let add = |range: &Range<u64>| {
            partial.add(range.start, &bytes[range.start as usize..range.end as usize]);
        };
        add(&(0..HEAD.min(size)));
        add(&(size.saturating_sub(TAIL)..size));
        let mut asked = Vec::new();
        loop {
            let budget = unlinked::budget();
            let mut file = ReadAhead::new(Arc::clone(&partial), size, &budget);
            match hide(&mut file, name, false, &budget) {
                Ok(hidden) => return (outcome(hidden), asked),
                Err(error) => {
                    let ErrorKind::MissingBytes { start, end } = error.kind() else {
                        panic!("{error:?}")
                    };
                    partial.take_missing();
                    add(&(start..end));
                    asked.push(start..end);
                }
            }
        }
    }

    fn bytes_of(asked: &[Range<u64>]) -> u64 {
        asked.iter().map(|range| range.end - range.start).sum()
    }

    fn text(length: usize) -> Vec<u8> {
        comment(&[b"TITLE=", &vec![b'x'; length][..]].concat())
    }

    #[test]
    fn a_picture_is_skipped_wherever_it_is_and_whatever_the_pages_are() {
        for segments in [1, 2, 16, 17, 32, 64, 65, 200, 255] {
            for size in (150_000..150_020).chain([100_000, 400_000, 1_500_000]) {
                for name in ["a.ogg", "a.opus"] {
                    for comments in [
                        [picture(size), text(5), text(300)],
                        [text(5), picture(size), text(300)],
                        [text(4_000), text(5), picture(size)],
                    ] {
                        let (bytes, pages) = ogg(name, &comments, &|_| segments);
                        if pages.len() > MAX_PARTS {
                            continue;
                        }
                        let about = format!("{name}, {size} bytes on pages of {segments}");
                        let (hidden, asked) = of_parts(&bytes, name);
                        assert_eq!(hidden.as_ref().unwrap().1, 1, "{about}");
                        // A longer packet is read as a whole by the guest.
                        if size < 700_000 {
                            assert_eq!(hidden, of_whole_file(&bytes, name), "{about}");
                        }
                        assert_eq!(asked.len(), 1, "{about}: {asked:?}");
                        assert!(bytes_of(&asked) < 80_000, "{about}: {asked:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn several_pictures_are_skipped_one_after_the_other() {
        for segments in [16, 32, 255] {
            let comments = [picture(200_000), text(5), picture(100_000), picture(90_000), text(9)];
            let (bytes, _) = ogg("a.ogg", &comments, &|_| segments);
            let (hidden, asked) = of_parts(&bytes, "a.ogg");
            assert_eq!(hidden.as_ref().unwrap().1, 3);
            assert_eq!(hidden, of_whole_file(&bytes, "a.ogg"), "pages of {segments}");
            assert!(asked.len() <= 3 && bytes_of(&asked) < 240_000, "{segments}: {asked:?}");
        }
    }

    #[test]
    fn a_packet_may_be_divided_evenly_as_this_package_does() {
        for size in (100_000..700_000).step_by(8_887) {
            let comments = [text(5), picture(size), text(300)];
            let all = segments_of(packet(b"OpusTags", &comments).len()).count();
            let pages = all.div_ceil(255);
            let of_page = |index| (index + 1) * all / pages - index * all / pages;
            let (bytes, _) = ogg("a.opus", &comments, &of_page);
            let (hidden, asked) = of_parts(&bytes, "a.opus");
            assert_eq!(hidden, of_whole_file(&bytes, "a.opus"), "{size}");
            assert_eq!(asked.len(), 1, "{size}: {asked:?}");
            assert!(bytes_of(&asked) < 80_000, "{size}: {asked:?}");
        }
    }

    #[test]
    fn the_last_page_of_a_picture_may_be_longer_as_mutagen_makes_it() {
        let comments = |size| [text(50), picture(size)];
        for size in (150_000..153_100).step_by(97) {
            let length = packet(b"OpusTags", &comments(size)).len();
            // A last page of less than 2,048 bytes is joined to the one before it.
            let pages = length / 4_080 - usize::from(length % 4_080 < 2_048);
            let segments_of_page = move |index| if index < pages { 16 } else { 24 };
            let (bytes, _) = ogg("a.opus", &comments(size), &segments_of_page);
            let (hidden, asked) = of_parts(&bytes, "a.opus");
            assert_eq!(hidden, of_whole_file(&bytes, "a.opus"), "{size}");
            assert_eq!(asked.len(), 1, "{size}: {asked:?}");
        }
    }

    #[test]
    fn pages_of_other_lengths_are_all_read() {
        for irregular in [40, 41, 45] {
            for segments in [31, 33, 1, 255] {
                let of_page = |index| if index == irregular { segments } else { 16 };
                let comments = [text(50), picture(200_000), text(60)];
                let (bytes, _) = ogg("a.ogg", &comments, &of_page);
                let (hidden, _) = of_parts(&bytes, "a.ogg");
                assert!(hidden.is_some());
                assert_eq!(hidden, of_whole_file(&bytes, "a.ogg"), "{irregular}: {segments}");
            }
        }
    }

    #[test]
    fn a_page_that_proves_nothing_makes_all_pages_read() {
        let comments = [text(50), picture(200_000)];
        let (bytes, pages) = ogg("a.opus", &comments, &|_| 16);
        let length = packet(b"OpusTags", &comments).len();
        let last = pages[1 + length / 4_080];
        // The version, the flags, the serial number, the number of the page, a segment.
        for (at, about) in [(4, "version"), (5, "flags"), (14, "serial"), (18, "number"), (27, "")]
        {
            let mut other = bytes.clone();
            other[last + at] ^= 1;
            let (hidden, _) = of_parts(&other, "a.opus");
            assert_eq!(hidden, of_whole_file(&other, "a.opus"), "{about} at {at}");
        }
        // A character that Base64 does not have, on the last page.
        let mut other = bytes.clone();
        other[last + 27 + usize::from(bytes[last + 26])] = b'?';
        let (hidden, asked) = of_parts(&other, "a.opus");
        assert!(hidden.is_none() && of_whole_file(&other, "a.opus").is_none());
        assert!(bytes_of(&asked) > 100_000);
    }

    #[test]
    fn a_file_that_is_cut_off_anywhere_gives_the_same() {
        let comments = [text(50), picture(60_000), text(60)];
        for segments in [16, 255] {
            let (bytes, _) = ogg("a.ogg", &comments, &|_| segments);
            for length in (0..bytes.len()).step_by(401) {
                let cut = &bytes[..length];
                assert_eq!(of_parts(cut, "a.ogg").0, of_whole_file(cut, "a.ogg"), "{length}");
            }
        }
    }

    #[test]
    fn what_is_not_the_beginning_of_a_picture_is_read() {
        let good = picture(200_000);
        // Damages the Base64 of the picture's type, of its MIME type and of its length, and then
        // gives a comment a length that is not a multiple of 4.
        let mut comments: Vec<Vec<u8>> = [30, 40, 70]
            .map(|at| {
                let mut wrong = good.clone();
                wrong[at] = b'/';
                wrong
            })
            .into();
        comments.push(comment(&good[4..good.len() - 1]));
        for comments in comments.into_iter().map(|wrong| [text(5), wrong, text(6)]) {
            let (bytes, _) = ogg("a.opus", &comments, &|_| 32);
            assert_eq!(of_parts(&bytes, "a.opus").0, of_whole_file(&bytes, "a.opus"));
        }
    }
}
