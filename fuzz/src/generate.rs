//! Generates whole files by the rules of their formats, with occasional deviations.
//!
//! A mutation of a real file seldom gets past a checksum, a sum of sizes or a table of segments.
//! So these files are built from parts: nearly every size adds up, and what varies is what
//! readers may interpret differently: names in unusual case, two tags instead of one, flags,
//! encodings, truncated pictures. Each seed gives one file. The containers are those whose
//! pictures the host hides from the guest (`guest/src/pictures`).

use crate::mutate::{self, Random};

/// Returns the file of a seed, and a name with the extension of its format.
pub(crate) fn file(seed: u64) -> (&'static str, Vec<u8>) {
    let mut random = Random::new(seed);
    let random = &mut random;
    let (name, bytes) = match random.below(6) {
        0 => ("a.mp3", mp3(random)),
        1 => ("a.flac", flac(random)),
        2 => ogg(random),
        3 => ("a.m4a", mp4(random)),
        4 => ("a.wav", chunks(random, Endian::Little)),
        _ => ("a.aiff", chunks(random, Endian::Big)),
    };
    // Most files are not mutated: their deviations suffice.
    if random.one_in(4) { (name, mutate::mutated(&bytes, seed)) } else { (name, bytes) }
}

#[derive(Clone, Copy)]
enum Endian {
    Little,
    Big,
}

impl Endian {
    fn bytes(self, number: usize) -> [u8; 4] {
        match self {
            Self::Little => (number as u32).to_le_bytes(),
            Self::Big => (number as u32).to_be_bytes(),
        }
    }
}

impl Random {
    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Returns the usual value, or occasionally one of the others.
    fn usually<T: Copy>(&mut self, usual: T, others: &[T]) -> T {
        if self.one_in(12) { self.pick(others) } else { usual }
    }

    /// Returns bytes of one value or of many, chosen from those that parsers look for.
    fn data(&mut self, most: usize) -> Vec<u8> {
        let length = self.below(most);
        if self.one_in(2) {
            return vec![self.pick(&[0, 7, 0xFF]); length];
        }
        (0..length).map(|_| self.below(256) as u8).collect()
    }
}

const TYPES: [&[u8]; 7] =
    [b"image/png", b"", b"image/jpg", b"PNG", b"-->", b"image/\xe9", b"IMAGE/JPEG"];
const DESCRIPTIONS: [&[u8]; 5] = [b"front", b"", b"caf\xc3\xa9", b"\xff\xfe", b"a b\tc"];

fn image(random: &mut Random) -> Vec<u8> {
    let magic: &[u8] = random.pick(&[b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b""]);
    [magic, &random.data(3000)].concat()
}

// ---------------------------------------------------------------- ID3v2

fn synchsafe(number: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (number >> shift & 0x7F) as u8)
}

/// Returns an `APIC` frame: encoding, MIME type, type, description, data.
fn apic(random: &mut Random) -> Vec<u8> {
    let known = random.pick(&[0, 1, 2, 3]);
    let encoding = random.usually(known, &[4, 0xFF]);
    let mut body = vec![encoding];
    body.extend(random.usually(TYPES[0], &TYPES));
    body.push(0);
    body.push(random.usually(3, &[0, 20, 21, 0xFF]));
    let description = random.usually(DESCRIPTIONS[0], &DESCRIPTIONS);
    if matches!(encoding, 1 | 2) {
        if encoding == 1 {
            body.extend(random.usually([0xFF, 0xFE], &[[0xFE, 0xFF], [0, 0]]));
        }
        body.extend(description.iter().flat_map(|byte| [*byte, 0]));
        body.push(0);
    } else {
        body.extend(description);
    }
    body.push(0);
    body.extend(image(random));
    body
}

fn frame(random: &mut Random, version: u8) -> Vec<u8> {
    let (id, body): (&[u8; 4], Vec<u8>) = match random.below(8) {
        0..4 => (b"APIC", apic(random)),
        4 => (b"TIT2", [&b"\x03"[..], random.pick(&DESCRIPTIONS)].concat()),
        5 => (b"TXXX", b"\0name\0value".to_vec()),
        6 => (b"PRIV", random.data(300)),
        _ => (b"TDRC", b"\x032001".to_vec()),
    };
    let id = random.usually(*id, &[*b"apic", *b"APIC", *b"PIC\0", *b"ZZZZ"]);
    let flags = random.usually([0, 0], &[[0, 1], [0, 2], [0x40, 0], [0, 8], [0, 0x40]]);
    // iTunes wrote plain sizes into ID3v2.4.
    let is_plain = version == 3 || random.one_in(12);
    let length = random.usually(body.len(), &[0, body.len() + 1, body.len().saturating_sub(1)]);
    let size = if is_plain { (length as u32).to_be_bytes() } else { synchsafe(length) };
    [&id[..], &size, &flags, &body].concat()
}

fn tag(random: &mut Random) -> Vec<u8> {
    let known = random.pick(&[3, 4]);
    let version = random.usually(known, &[2, 5]);
    let mut frames: Vec<u8> = (0..random.below(7)).flat_map(|_| frame(random, version)).collect();
    frames.resize(frames.len() + random.pick(&[0, 0, 1, 3, 10, 200]), 0);
    let flags = random.usually(0, &[0x80, 0x40, 0x10, 0x20]);
    let length = random.usually(frames.len(), &[0, frames.len() + 10]);
    let mut tag = [b"ID3", &[version, 0, flags][..], &synchsafe(length), &frames].concat();
    if flags == 0x10 && random.one_in(2) {
        tag.extend([b"3DI", &[version, 0, flags][..], &synchsafe(length)].concat());
    }
    tag
}

/// Returns frames of MPEG 1 layer III, 128 kbit/s, 44,100 Hz.
fn audio(frames: usize) -> Vec<u8> {
    let mut frame = vec![0; 417];
    frame[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0x64]);
    frame.repeat(frames)
}

fn mp3(random: &mut Random) -> Vec<u8> {
    let mut bytes =
        if random.usually(false, &[true]) { random.data(40) } else { Default::default() };
    bytes.extend(tag(random));
    if random.one_in(8) {
        bytes.extend(tag(random));
    }
    bytes.extend(audio(random.below(5)));
    if random.one_in(4) {
        bytes.extend(ape_tag(random));
    }
    if random.one_in(4) {
        let mut id3v1 = vec![0; 128];
        id3v1[..6].copy_from_slice(b"TAGold");
        bytes.extend(id3v1);
    }
    bytes
}

/// Returns an APEv2 tag, which may have a picture as well.
fn ape_tag(random: &mut Random) -> Vec<u8> {
    let text: &[u8] = &[&9_u32.to_le_bytes()[..], &[0; 4], b"Title\0", b"ape title"].concat();
    let cover = [b"a.png\0", &image(random)[..]].concat();
    let cover: &[u8] = &[
        &(cover.len() as u32).to_le_bytes()[..],
        &2_u32.to_le_bytes(),
        b"Cover Art (Front)\0",
        &cover,
    ]
    .concat();
    let both = [text, cover];
    let items = random.pick(&[&both[..], &both[..1], &both[1..]]);
    let content = items.concat();
    let numbers = [2000, content.len() as u32 + 32, items.len() as u32, 0];
    let numbers: Vec<u8> = numbers.into_iter().flat_map(u32::to_le_bytes).collect();
    [&content[..], b"APETAGEX", &numbers, &[0; 8]].concat()
}

// ------------------------------------------------------------ RIFF, AIFF

fn chunks(random: &mut Random, endian: Endian) -> Vec<u8> {
    let chunk = |random: &mut Random, name: &[u8; 4], body: &[u8]| {
        let length = random.usually(body.len(), &[body.len() + 1, 0, body.len() + 100]);
        let mut chunk = [&name[..], &endian.bytes(length), body].concat();
        if body.len() % 2 == 1 && !random.one_in(20) {
            chunk.push(random.usually(0, b"x"));
        }
        chunk
    };
    let mut parts = match endian {
        Endian::Little => {
            let format = [1, 0, 2, 0, 0x44, 0xAC, 0, 0, 0x10, 0xB1, 2, 0, 4, 0, 16, 0];
            vec![chunk(random, b"fmt ", &format), chunk(random, b"data", &[0; 64])]
        }
        Endian::Big => {
            let common = [0, 2, 0, 0, 0, 1, 0, 16, 0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0];
            vec![chunk(random, b"COMM", &common), chunk(random, b"SSND", &[0; 64])]
        }
    };
    for _ in 0..random.below(4) {
        let name = match endian {
            Endian::Little => random.usually(*b"ID3 ", &[*b"id3 ", *b"Id3 ", *b"iD3 ", *b"ID3\0"]),
            Endian::Big => random.usually(*b"ID3 ", &[*b"id3 ", *b"Id3 ", *b"ID32", *b"ID3\0"]),
        };
        let body = tag(random);
        let at = random.below(parts.len() + 1);
        parts.insert(at, chunk(random, &name, &body));
    }
    if random.one_in(3) {
        let list = chunk(random, b"INAM", b"info\0");
        parts.push(chunk(random, b"LIST", &[b"INFO", &list[..]].concat()));
    }
    if random.one_in(4) {
        let body = random.data(100);
        let name = random.pick(&[*b"junk", *b"NAME", *b"bext", *b"\0\0\0\0"]);
        parts.push(chunk(random, &name, &body));
    }
    let (form, kind) = match endian {
        Endian::Little => (b"RIFF", random.usually(*b"WAVE", &[*b"WAVX"])),
        Endian::Big => (b"FORM", random.usually(*b"AIFF", &[*b"AIFC", *b"8SVX"])),
    };
    let content = [&kind[..], &parts.concat()].concat();
    let length = random.usually(content.len(), &[content.len() + 1, 4, content.len() - 1]);
    [&form[..], &endian.bytes(length), &content].concat()
}

// ----------------------------------------------------------- FLAC, Ogg

/// Returns a picture block (RFC 9639, section 8.8).
fn picture_block(random: &mut Random) -> Vec<u8> {
    let media_type = random.usually(TYPES[0], &TYPES);
    let description = random.usually(DESCRIPTIONS[0], &DESCRIPTIONS);
    let data = image(random);
    let length = random.usually(data.len(), &[data.len() + 1, 0, data.len().saturating_sub(1)]);
    let number = |number: usize| (number as u32).to_be_bytes();
    [
        &number(random.usually(3, &[0, 20, 21, 1 << 30]))[..],
        &number(media_type.len()),
        media_type,
        &number(description.len()),
        description,
        &[0; 16],
        &number(length),
        &data,
    ]
    .concat()
}

fn vorbis_comments(random: &mut Random, has_pictures: bool) -> Vec<u8> {
    let mut comments = Vec::new();
    for _ in 0..random.below(6) {
        comments.push(match random.below(if has_pictures { 6 } else { 2 }) {
            0 => b"TITLE=title".to_vec(),
            1 => {
                random.pick(&[&b"ARTIST=a"[..], b"=", b"no sign", b"title=b", b"T\xc3=x"]).to_vec()
            }
            5 if random.one_in(3) => {
                let name: &[u8] = random.pick(&[b"COVERART=", b"coverart=", b"COVERARTMIME="]);
                [name, base64(&image(random)).as_bytes()].concat()
            }
            _ => {
                let usual: &[u8] = b"METADATA_BLOCK_PICTURE=";
                let name = random.usually(usual, &[b"metadata_block_picture=", b"METADATA_BLOCK="]);
                let mut text = base64(&picture_block(random));
                match random.below(20) {
                    0 => text.push('!'),
                    1 => text.truncate(text.len() - 1),
                    2 => text.insert(4, '\n'),
                    _ => {}
                }
                [name, text.as_bytes()].concat()
            }
        });
    }
    let number = |number: usize| (number as u32).to_le_bytes();
    let count = random.usually(comments.len(), &[comments.len() + 1, 0]);
    let mut bytes = [&number(6)[..], b"vendor", &number(count)].concat();
    for comment in comments {
        bytes.extend(number(comment.len()));
        bytes.extend(comment);
    }
    bytes
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let byte = |index: usize| u32::from(part.get(index).copied().unwrap_or(0));
        let number = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..4 {
            let digit = char::from(ALPHABET[(number >> (18 - 6 * index) & 0x3F) as usize]);
            text.push(if index <= part.len() { digit } else { '=' });
        }
    }
    text
}

/// Returns a block for 44,100 Hz, two channels, 16 bits, 441,000 samples.
fn stream_info() -> Vec<u8> {
    let mut info = vec![0; 34];
    info[10..18].copy_from_slice(&[0x0A, 0xC4, 0x42, 0xF0, 0, 6, 0xBA, 0xA8]);
    info
}

fn flac(random: &mut Random) -> Vec<u8> {
    const PADDING: u8 = 1;
    const COMMENTS: u8 = 4;
    const PICTURE: u8 = 6;
    let mut blocks = vec![(0, stream_info())];
    for _ in 0..random.below(6) {
        blocks.push(match random.below(7) {
            0..4 => (PICTURE, picture_block(random)),
            4 => (PADDING, vec![0; random.below(100)]),
            5 => {
                let has_pictures = random.one_in(3);
                (COMMENTS, vorbis_comments(random, has_pictures))
            }
            _ => (random.pick(&[2, 3, 5, 7, 126, 127]), random.data(60)),
        });
    }
    let last = random.usually(blocks.len() - 1, &[0, blocks.len()]);
    let mut bytes = Vec::new();
    if random.one_in(10) {
        bytes.extend(tag(random));
    }
    bytes.extend(random.usually(*b"fLaC", &[*b"flac"]));
    for (index, (kind, body)) in blocks.iter().enumerate() {
        let length = random.usually(body.len(), &[body.len() + 1, 0]) as u32;
        bytes.push(kind | if index == last { 0x80 } else { 0 });
        bytes.extend(&length.to_be_bytes()[1..]);
        bytes.extend(body);
    }
    bytes.extend([0xFF, 0xF8, 0xC9, 0x18]);
    bytes.extend(random.data(300));
    bytes
}

fn page(flags: u8, granule: u64, number: u32, segments: &[u8], content: &[u8]) -> Vec<u8> {
    let numbers = [&granule.to_le_bytes()[..], &1_u32.to_le_bytes(), &number.to_le_bytes()];
    let numbers = numbers.concat();
    let count = segments.len() as u8;
    [b"OggS\0", &[flags][..], &numbers, &[0; 4], &[count], segments, content].concat()
}

/// Returns the pages of these packets, from page 1 on, with a random limit of segments on each.
fn pages(random: &mut Random, packets: &[Vec<u8>]) -> Vec<u8> {
    const CONTINUED: u8 = 1;
    let most = random.pick(&[255, 255, 255, 3, 17]);
    let ends_pages = random.one_in(2);
    let mut bytes = Vec::new();
    let (mut segments, mut content) = (Vec::new(), Vec::new());
    let (mut number, mut flags) = (1, 0);
    for packet in packets {
        let sizes = packet.chunks(255).map(|part| part.len() as u8);
        let sizes = sizes.chain(packet.len().is_multiple_of(255).then_some(0));
        let mut rest = &packet[..];
        for size in sizes {
            let (part, after) = rest.split_at(usize::from(size));
            rest = after;
            segments.push(size);
            content.extend(part);
            let ends = size < 255;
            if segments.len() == most || (ends && ends_pages) {
                bytes.extend(page(flags, 0, number, &segments, &content));
                segments.clear();
                content.clear();
                number += 1;
                flags = if ends { 0 } else { CONTINUED };
                flags = random.usually(flags, &[0, 1, 2]);
            }
        }
    }
    if !segments.is_empty() {
        bytes.extend(page(flags, 0, number, &segments, &content));
    }
    bytes
}

fn ogg(random: &mut Random) -> (&'static str, Vec<u8>) {
    const FIRST: u8 = 2;
    const LAST: u8 = 4;
    let (name, first, magic): (_, Vec<u8>, &[u8]) = match random.below(3) {
        0 => ("a.opus", b"OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\0".to_vec(), b"OpusTags"),
        _ => {
            let mut first = b"\x01vorbis\0\0\0\0\x02\x44\xac\0\0".to_vec();
            first.resize(28, 0);
            first.extend([0xB8, 1]);
            ("a.ogg", first, b"\x03vorbis")
        }
    };
    let comments = [magic, &vorbis_comments(random, true), &[1]].concat();
    let mut packets = vec![comments];
    if name == "a.ogg" {
        packets.push([b"\x05vorbis", &random.data(700)[..]].concat());
    }
    packets.extend((0..random.below(4)).map(|_| random.data(600)));
    let mut bytes = page(FIRST, 0, 0, &[first.len() as u8], &first);
    bytes.extend(pages(random, &packets));
    let size = random.below(250);
    let granule = random.usually(480_000, &[0, u64::MAX]);
    let flags = random.usually(LAST, &[0, 2]);
    bytes.extend(page(flags, granule, 99, &[size as u8], &vec![7; size]));
    if random.one_in(6) {
        bytes.extend(random.data(2000));
    }
    (name, bytes)
}

// ------------------------------------------------------------------ MP4

fn atom(random: &mut Random, name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = body.len() + 8;
    let claimed =
        if random.one_in(60) { random.pick(&[0, 1, 7, size + 1, size - 1]) } else { size };
    [&(claimed as u32).to_be_bytes()[..], name, body].concat()
}

fn mp4_item(random: &mut Random, name: &[u8; 4], kind: u32, value: &[u8]) -> Vec<u8> {
    let body = [&kind.to_be_bytes()[..], &[0; 4], value].concat();
    let mut data = atom(random, b"data", &body);
    if random.one_in(12) {
        let name = random.pick(&[*b"name", *b"data", *b"free"]);
        data.extend(atom(random, &name, b"\0\0\0\0name"));
    }
    atom(random, name, &data)
}

fn covers(random: &mut Random) -> Vec<u8> {
    let mut data = Vec::new();
    for _ in 0..random.below(4) {
        let kind = random.usually(14_u32, &[13, 12, 27, 0, 1]);
        let body = [&kind.to_be_bytes()[..], &[0; 4], &image(random)].concat();
        let name = random.usually(*b"data", &[*b"name", *b"free"]);
        data.extend(atom(random, &name, &body));
    }
    atom(random, b"covr", &data)
}

fn mp4(random: &mut Random) -> Vec<u8> {
    let mut items = Vec::new();
    for _ in 0..random.below(5) {
        items.push(match random.below(5) {
            0 => mp4_item(random, b"\xa9nam", 1, b"title"),
            1 => mp4_item(random, b"trkn", 0, &[0, 0, 0, 3, 0, 9, 0, 0]),
            2 => mp4_item(random, b"\xa9ART", 1, b"artist"),
            _ => covers(random),
        });
    }
    let ilst = atom(random, b"ilst", &items.concat());
    let free = if random.one_in(2) { atom(random, b"free", &[0; 40]) } else { Default::default() };
    let flags = random.usually([0; 4], &[[0, 0, 0, 1], *b"hdlr"]);
    let meta = atom(random, b"meta", &[&flags[..], &ilst, &free].concat());
    let udta = atom(random, b"udta", &meta);
    let mut parts = Vec::new();
    for _ in 0..random.usually(1, &[0, 2]) {
        parts.push(mp4_track(random));
    }
    let copies = random.usually(1, &[0, 2]);
    parts.extend(std::iter::repeat_n(udta, copies));
    if random.one_in(10) {
        parts.reverse();
    }
    let moov = atom(random, b"moov", &parts.concat());
    let brand = random.usually(*b"M4A ", &[*b"mp42", *b"qt  "]);
    let ftyp = atom(random, b"ftyp", &[&brand[..], &[0; 4]].concat());
    let samples = random.data(300);
    let mdat = atom(random, b"mdat", &samples);
    let mut whole = [ftyp, moov, mdat];
    if random.one_in(6) {
        whole.swap(1, 2);
    }
    whole.concat()
}

fn mp4_track(random: &mut Random) -> Vec<u8> {
    let mut mdhd = vec![0; 24];
    mdhd[12..16].copy_from_slice(&44_100_u32.to_be_bytes());
    mdhd[16..20].copy_from_slice(&441_000_u32.to_be_bytes());
    let mdhd = atom(random, b"mdhd", &mdhd);
    let handler = random.usually(*b"soun", &[*b"vide", *b"text"]);
    let hdlr = atom(random, b"hdlr", &[&[0; 8][..], &handler, &[0; 13]].concat());
    let mut entry = vec![0; 28];
    entry[17] = 2;
    entry[19] = 16;
    entry[24..26].copy_from_slice(&44_100_u16.to_be_bytes());
    let entry = atom(random, b"mp4a", &entry);
    let stsd = atom(random, b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &entry].concat());
    let stco = atom(random, b"stco", &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 4, 0]);
    let stbl = atom(random, b"stbl", &[stsd, stco].concat());
    let minf = atom(random, b"minf", &stbl);
    let mdia = atom(random, b"mdia", &[mdhd, hdlr, minf].concat());
    atom(random, b"trak", &mdia)
}
