//! Reads the texts of properties that TagLib's C interface returns as integers: "3/12", "03",
//! "A5", "120.50".

use super::mp4;
use crate::containers::asf::{self, Attributes, Object, Objects, utf_16};
use crate::containers::flac::{self, Blocks};
use crate::containers::iff::{Chunk, Form, Layout};
use crate::containers::ogg::{Packets, Pages};
use crate::containers::vorbis_comment::VorbisComment;
use crate::containers::{Container, Cursor, OggCodec, id3v2};
use crate::error::Result;
use crate::restore::{
    Id3v2Tag, InfoList, LIST_TYPE, Role, ape_item_tag_part, ape_tag_of, asf_tag_part,
    dsf_tag_range, id3v2_frame_tag_part, id3v2_text_of, vorbis_comment_tag_part,
};
use crate::tags::TagPart;

/// The properties, each with the property that holds the total after a slash.
pub(super) const NUMBERS: [(&str, Option<&str>); 5] = [
    ("TRACKNUMBER", Some("TRACKTOTAL")),
    ("DISCNUMBER", Some("DISCTOTAL")),
    ("TRACKTOTAL", None),
    ("DISCTOTAL", None),
    ("BPM", None),
];

/// The frames that may hold them in ID3v2.2 and later.
const FRAMES: [&[u8]; 8] = [b"TRCK", b"TPOS", b"TBPM", b"TXXX", b"TRK", b"TPA", b"TBP", b"TXX"];

/// The longest text that counts as a number, in bytes.
const LONGEST: u64 = 64;

/// The texts of a file by their properties, in the order in which TagLib prefers them.
#[derive(Default)]
pub(super) struct Texts {
    list: Vec<(String, String)>,
    /// How many of them come from the first tag that has content, which is the only one that
    /// TagLib takes properties from.
    in_first_tag: Option<usize>,
}

impl Texts {
    /// Reads the texts of a file. Reads none from Matroska.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self> {
        let mut texts = Self::default();
        match Container::of(cursor)? {
            Container::Stream => texts.read_stream(cursor)?,
            Container::Ogg => texts.read_ogg(cursor)?,
            Container::Mp4 => texts.read_mp4(cursor)?,
            Container::Asf => texts.read_asf(cursor)?,
            Container::Iff(_) => texts.read_iff(cursor)?,
            Container::Matroska => {}
        }
        Ok(texts)
    }

    /// Returns the texts of a property from all tags.
    pub(super) fn of(&self, key: &str) -> impl Iterator<Item = &str> {
        of(&self.list, key)
    }

    /// Returns the texts of a property from the first tag.
    pub(super) fn of_first_tag(&self, key: &str) -> impl Iterator<Item = &str> {
        of(&self.list[..self.in_first_tag.unwrap_or(self.list.len())], key)
    }

    /// Records that a tag has been read.
    fn end_tag(&mut self) {
        self.in_first_tag.get_or_insert(self.list.len());
    }

    fn add(&mut self, cursor: &Cursor<'_>, tag_part: TagPart, text: String) -> Result<()> {
        let TagPart::Property(key) = tag_part else { return Ok(()) };
        if text.is_empty() || !NUMBERS.iter().any(|(known, _)| *known == key) {
            return Ok(());
        }
        cursor.budget().push(&mut self.list, (key, text))
    }

    /// Reads the tags of a stream. TagLib prefers FLAC's comments, then ID3v2, then APE.
    fn read_stream(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        let mut at = 0;
        while let Some(tag) = id3v2::Tag::read(cursor, at)? {
            at = tag.range.end;
        }
        self.read_flac(cursor, at)?;
        self.read_id3v2(cursor, 0)?;
        self.read_ape(cursor)
    }

    fn read_ape(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        let Some(tag) = ape_tag_of(cursor)? else { return Ok(()) };
        let mut items = tag.items();
        while let Some(item) = items.next(cursor)? {
            if item.value.end - item.value.start > LONGEST {
                continue;
            }
            let (key, value) = (cursor.bytes(item.key)?, cursor.bytes(item.value)?);
            let (Some(key), Some(value)) = (key, value) else { continue };
            let tag_part = ape_item_tag_part(&String::from_utf8_lossy(&key).to_uppercase());
            self.add(cursor, tag_part, first_of_list(&value))?;
        }
        self.end_tag();
        Ok(())
    }

    fn read_flac(&mut self, cursor: &mut Cursor<'_>, at: u64) -> Result<()> {
        let Some(mut blocks) = Blocks::read(cursor, at)? else { return Ok(()) };
        while let Some(block) = blocks.next(cursor)? {
            if block.kind == flac::VORBIS_COMMENT {
                let Some(bytes) = cursor.bytes(block.body)? else { return Ok(()) };
                return self.add_comments(cursor, &bytes, 0);
            }
        }
        Ok(())
    }

    fn read_id3v2(&mut self, cursor: &mut Cursor<'_>, at: u64) -> Result<()> {
        let has_frames = match id3v2::Tag::read(cursor, at)? {
            Some(tag) => tag.frames().next(cursor)?.is_some(),
            None => false,
        };
        let Some(tag) = Id3v2Tag::read_if(cursor, at, |id| FRAMES.contains(&id))? else {
            return Ok(());
        };
        for frame in &tag.frames {
            let text = id3v2_text_of(frame);
            // In a user text frame, the text follows its description.
            let text = match &frame.id {
                b"TXXX" => text.split(" / ").nth(1).unwrap_or_default(),
                _ => text.split(" / ").next().unwrap_or_default(),
            };
            self.add(cursor, id3v2_frame_tag_part(frame), text.to_owned())?;
        }
        if has_frames {
            self.end_tag();
        }
        Ok(())
    }

    /// Reads the comments of the first stream that has any.
    fn read_ogg(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        let Some(page) = Pages::within(0..cursor.size()).next(cursor)? else { return Ok(()) };
        let mut packets = Packets::from(page, cursor);
        if packets.next(cursor)?.is_none() {
            return Ok(());
        }
        let codec = packets.bytes(cursor)?.as_deref().and_then(OggCodec::of);
        if packets.next(cursor)?.is_none() {
            return Ok(());
        }
        let (Some(codec), Some(packet)) = (codec, packets.bytes(cursor)?) else { return Ok(()) };
        let Some(at) = codec.comments_at(&packet) else { return Ok(()) };
        self.add_comments(cursor, &packet, at)?;
        cursor.budget().release(packet.len());
        Ok(())
    }

    fn add_comments(&mut self, cursor: &Cursor<'_>, bytes: &[u8], at: usize) -> Result<()> {
        let Some(block) = VorbisComment::parse(bytes, at) else { return Ok(()) };
        for comment in block.comments(bytes) {
            let Some((name, value)) = comment.split() else { continue };
            if value.len() as u64 <= LONGEST {
                let tag_part =
                    vorbis_comment_tag_part(&String::from_utf8_lossy(name).to_uppercase());
                self.add(cursor, tag_part, String::from_utf8_lossy(value).into_owned())?;
            }
        }
        if block.count > 0 {
            self.end_tag();
        }
        Ok(())
    }

    fn read_mp4(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        for (name, values) in mp4::items(cursor)? {
            let key = match &*name {
                "trkn" => "TRACKNUMBER",
                "disk" => "DISCNUMBER",
                "tmpo" => "BPM",
                _ => continue,
            };
            for value in values {
                self.add(cursor, TagPart::Property(key.to_owned()), value)?;
            }
        }
        Ok(())
    }

    fn read_asf(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        let Some(header) = Objects::within(0..cursor.size()).next(cursor)? else { return Ok(()) };
        let Some(mut children) = header.children() else { return Ok(()) };
        while let Some(child) = children.next(cursor)? {
            if child.id == asf::EXTENDED_CONTENT_DESCRIPTION {
                self.add_attributes(cursor, &child)?;
            }
        }
        Ok(())
    }

    fn add_attributes(&mut self, cursor: &mut Cursor<'_>, object: &Object) -> Result<()> {
        /// The type of a value that is a text.
        const TEXT: u16 = 0;
        let Some(mut attributes) = Attributes::read(cursor, object)? else { return Ok(()) };
        while let Some(attribute) = attributes.next(cursor)? {
            let length = attribute.value.end - attribute.value.start;
            if attribute.kind != TEXT || length > 2 * LONGEST {
                continue;
            }
            let (name, value) = (cursor.bytes(attribute.name)?, cursor.bytes(attribute.value)?);
            let (Some(name), Some(value)) = (name, value) else { continue };
            self.add(cursor, asf_tag_part(&utf_16(&name)), utf_16(&value))?;
        }
        Ok(())
    }

    fn read_iff(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        let Some(form) = Form::read(cursor)? else { return Ok(()) };
        if form.layout == Layout::Dsf {
            return match dsf_tag_range(cursor)? {
                Some(tag) => self.read_id3v2(cursor, tag.start),
                None => Ok(()),
            };
        }
        // TagLib looks at ID3v2 first, wherever it is.
        let mut lists: Vec<Chunk> = Vec::new();
        let mut walk = form.walk(form.chunks.clone());
        while let Some(chunk) = walk.next(cursor)? {
            match Role::of(cursor, form.layout, &chunk, false)? {
                Role::Tag => self.read_id3v2(cursor, chunk.body.start)?,
                Role::Info => cursor.budget().push(&mut lists, chunk)?,
                _ => {}
            }
        }
        for list in lists {
            let fields = list.body.start + LIST_TYPE..list.body.end;
            let Some(list) = InfoList::read(cursor, fields)? else { continue };
            for field in &list.fields {
                let text = String::from_utf8_lossy(field.text()).into_owned();
                self.add(cursor, field.tag_part(), text)?;
            }
        }
        Ok(())
    }
}

fn of<'a>(list: &'a [(String, String)], key: &str) -> impl Iterator<Item = &'a str> {
    list.iter().filter(move |(known, _)| known == key).map(|(_, text)| &**text)
}

/// Returns the first value of an APE item.
fn first_of_list(value: &[u8]) -> String {
    let first = value.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(first).into_owned()
}
