//! Mutates files with knowledge of how audio files are structured.
//!
//! Most formats consist of boxes: a name of four bytes and a size, written in one of a few forms.
//! A mutation finds places that look like a box, and cuts, repeats, moves or nests the box, or
//! changes its size. So the damage gets past the first check of a parser, which random bytes
//! seldom do.

/// Returns a file name for content. TagLib chooses the format by the extension, so it is that of
/// the format that the content begins like.
pub(crate) fn name_of(bytes: &[u8]) -> &'static str {
    let begins = |text: &[u8]| bytes.starts_with(text);
    let holds = |at: usize, text: &[u8]| bytes.get(at..).is_some_and(|it| it.starts_with(text));
    match () {
        () if begins(b"fLaC") => "a.flac",
        () if begins(b"OggS") && holds(28, b"OpusHead") => "a.opus",
        () if begins(b"OggS") && holds(28, b"Speex") => "a.spx",
        () if begins(b"OggS") && holds(29, b"FLAC") => "a.oga",
        () if begins(b"OggS") => "a.ogg",
        () if begins(b"RIFF") => "a.wav",
        () if begins(b"FORM") => "a.aiff",
        () if holds(4, b"ftyp") => "a.m4a",
        () if begins(&[0x30, 0x26, 0xB2, 0x75]) => "a.wma",
        () if begins(&[0x1A, 0x45, 0xDF, 0xA3]) => "a.mka",
        () if begins(b"wvpk") => "a.wv",
        () if begins(b"MAC ") => "a.ape",
        () if begins(b"MPCK") || begins(b"MP+") => "a.mpc",
        () if begins(b"TTA1") => "a.tta",
        () if begins(b"DSD ") => "a.dsf",
        () if begins(b"FRM8") => "a.dff",
        () if begins(b"IMPM") => "a.it",
        () if begins(b"Extended Module") => "a.xm",
        () if holds(44, b"SCRM") => "a.s3m",
        () if holds(1080, b"M.K.") => "a.mod",
        () => "a.mp3",
    }
}

/// Returns the file after a few mutations, which `seed` determines.
pub(crate) fn mutated(bytes: &[u8], seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(3) {
        mutate(&mut bytes, &mut random);
    }
    bytes
}

/// A place that looks like a box, and the position of its size.
struct Box {
    start: usize,
    size_at: usize,
    end: usize,
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    let boxes = boxes(bytes);
    if boxes.is_empty() || random.below(5) == 0 {
        return mutate_anywhere(bytes, random);
    }
    let chosen = &boxes[random.below(boxes.len())];
    let content = bytes[chosen.start..chosen.end].to_vec();
    match random.below(8) {
        0 => bytes.truncate(chosen.start + random.below(content.len() + 1)),
        1 => drop(bytes.drain(chosen.start..chosen.end)),
        2 => drop(bytes.splice(chosen.end..chosen.end, content)),
        3 => {
            let other = &boxes[random.below(boxes.len())];
            bytes.splice(other.start..other.start, content);
        }
        // Nests the box: a copy of it becomes its content.
        4 => drop(bytes.splice(chosen.size_at + 4..chosen.size_at + 4, content)),
        _ => lie(&mut bytes[chosen.size_at..], random),
    }
}

fn lie(size: &mut [u8], random: &mut Random) {
    let Some(size) = size.first_chunk_mut() else { return };
    let old = u32::from_be_bytes(*size);
    let sizes = [0, 1, 7, 8, old ^ 1, old.wrapping_add(1), old.wrapping_mul(2), old.swap_bytes()];
    let large = [0x7F7F_7F7F, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, u32::MAX];
    let all: Vec<u32> = sizes.into_iter().chain(large).collect();
    *size = all[random.below(all.len())].to_be_bytes();
}

fn mutate_anywhere(bytes: &mut Vec<u8>, random: &mut Random) {
    if bytes.is_empty() {
        return bytes.push(random.below(256) as u8);
    }
    // Tags are at the start and at the end.
    let at = match random.below(3) {
        0 => random.below(bytes.len().min(128)),
        1 => bytes.len() - 1 - random.below(bytes.len().min(160)),
        _ => random.below(bytes.len()),
    };
    match random.below(4) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = [0, 0x7F, 0x80, 0xFF][random.below(4)],
        2 => bytes.truncate(at),
        _ => {
            let end = bytes.len().min(at + 1 + random.below(64));
            bytes[at..end].fill(random.below(256) as u8);
        }
    }
}

fn boxes(bytes: &[u8]) -> Vec<Box> {
    /// The maximum number of boxes. More would only be repetitions, such as the pages of an Ogg
    /// stream.
    const MOST: usize = 200;
    let is_name = |at: usize| {
        bytes.get(at..at + 4).is_some_and(|name| {
            name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ' || *byte == 0xA9)
        })
    };
    let number = |at: usize| bytes.get(at..at + 4).and_then(|it| it.first_chunk::<4>().copied());
    let mut found = Vec::new();
    for at in 0..bytes.len().saturating_sub(8) {
        if !is_name(at) || found.len() == MOST {
            continue;
        }
        let fits = |start: usize, size_at: usize, size: u32| {
            let end = start.checked_add(size as usize)?;
            (size > 0 && end <= bytes.len()).then_some(Box { start, size_at, end })
        };
        let after = number(at + 4);
        let before = at.checked_sub(4).and_then(number);
        let candidates = [
            // In chunks of RIFF and AIFF and in frames of ID3v2, the size follows the name.
            after.and_then(|it| fits(at, at + 4, u32::from_le_bytes(it).checked_add(8)?)),
            after.and_then(|it| fits(at, at + 4, u32::from_be_bytes(it).checked_add(8)?)),
            // In atoms, the size precedes the name, and counts itself.
            before.and_then(|it| fits(at - 4, at - 4, u32::from_be_bytes(it))),
        ];
        found.extend(candidates.into_iter().flatten());
    }
    found
}

/// An xorshift generator. The fuzzer provides the seed, so a run can be repeated.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        // Never zero: an xorshift generator would return zeros forever.
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    /// Returns a number from zero up to, but not including, `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit.max(1)
    }
}
