//! The guest's descriptors: positions in one file.

use super::PREOPEN;
use super::editable::Editable;
use super::read_ahead::ReadAhead;
use super::types::{Errno, open_flags};
use super::view::FileView;
use std::io;

/// The first descriptor after the streams and the preopened directory.
const FIRST_FILE: u32 = PREOPEN + 1;

/// The most descriptors that a guest may hold at once. TagLib holds two.
const MAX_DESCRIPTORS: usize = 16;

/// Standard input, output and error.
const STREAMS: std::ops::Range<u32> = 0..PREOPEN;

/// The one file that a guest may open, and its open descriptors.
pub(crate) struct GuestFiles {
    file: Option<GuestFile>,
    /// The position of each descriptor from `FIRST_FILE` on; below zero after
    /// a seek to before the file's start.
    positions: Vec<Option<i64>>,
    lost_its_place: bool,
    /// The first read that failed. TagLib takes it for the end of the file,
    /// and would answer with what it found before.
    read_failure: Option<io::Error>,
}

struct GuestFile {
    name: String,
    content: Content,
}

enum Content {
    ReadOnly(FileView),
    Editable(Editable),
}

impl Content {
    fn size(&self) -> u64 {
        match self {
            Self::ReadOnly(content) => content.size(),
            Self::Editable(content) => content.size(),
        }
    }

    fn editable(&mut self) -> Result<&mut Editable, Errno> {
        match self {
            Self::ReadOnly(_) => Err(Errno::Rofs),
            Self::Editable(content) => Ok(content),
        }
    }
}

/// What an offset counts from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whence {
    Start,
    Current,
    End,
}

impl Whence {
    pub fn from_wasi(whence: u32) -> Option<Self> {
        match whence {
            0 => Some(Self::Start),
            1 => Some(Self::Current),
            2 => Some(Self::End),
            _ => None,
        }
    }
}

impl GuestFiles {
    pub fn none() -> Self {
        Self { file: None, positions: Vec::new(), lost_its_place: false, read_failure: None }
    }

    /// A file that the guest sees under this name.
    pub fn read_only(name: String, file: FileView) -> Self {
        let content = Content::ReadOnly(file);
        Self { file: Some(GuestFile { name, content }), ..Self::none() }
    }

    /// A file that the guest may change, and sees under this name.
    pub fn editable(name: String, file: Editable) -> Self {
        let content = Content::Editable(file);
        Self { file: Some(GuestFile { name, content }), ..Self::none() }
    }

    /// The path under which the guest finds its file: the name alone, since
    /// TagLib needs no more than its extension.
    pub fn guest_path(&self) -> String {
        format!("/{}", self.file.as_ref().map_or("", |file| &file.name))
    }

    /// Whether the guest sought to before the file's start, and read there.
    /// TagLib takes no notice of the refusals, so what it finds by then is
    /// chance. (taglib-wasm's host crashes on the same files.)
    pub fn lost_its_place(&self) -> bool {
        self.lost_its_place
    }

    /// What kept the guest from reading a file that it may only read; an
    /// editable one remembers its own failures.
    pub fn take_read_failure(&mut self) -> Option<io::Error> {
        self.read_failure.take()
    }

    /// The file that was read, once the guest is done with it.
    pub fn into_read(self) -> Option<ReadAhead> {
        match self.file?.content {
            Content::ReadOnly(content) => Some(content.into_file()),
            Content::Editable(_) => None,
        }
    }

    /// The file that was changed, once the guest is done with it.
    pub fn into_edited(self) -> Option<Editable> {
        match self.file?.content {
            Content::ReadOnly(_) => None,
            Content::Editable(content) => Some(content),
        }
    }

    /// Whether the guest may change its file.
    pub(super) fn is_editable(&self) -> bool {
        self.file.as_ref().is_some_and(|file| matches!(file.content, Content::Editable(_)))
    }

    pub(super) fn open(&mut self, name: &[u8], flags: u32, for_change: bool) -> Result<u32, Errno> {
        match &self.file {
            Some(file) if file.name.as_bytes() == name => {}
            _ => return Err(Errno::Noent),
        }
        if flags & open_flags::DIRECTORY != 0 {
            return Err(Errno::Notdir);
        }
        // Any other flag creates or truncates.
        if flags != 0 || for_change && !self.is_editable() {
            return Err(Errno::Rofs);
        }
        let index = match self.positions.iter().position(Option::is_none) {
            Some(index) => index,
            None if self.positions.len() < MAX_DESCRIPTORS => {
                self.positions.push(None);
                self.positions.len() - 1
            }
            None => return Err(Errno::Mfile),
        };
        self.positions[index] = Some(0);
        Ok(FIRST_FILE + index as u32)
    }

    pub(super) fn close(&mut self, fd: u32) -> Result<(), Errno> {
        if STREAMS.contains(&fd) {
            return Ok(());
        }
        self.descriptor(fd)?;
        self.positions[(fd - FIRST_FILE) as usize] = None;
        Ok(())
    }

    /// Zero at the end of the file, and from standard input.
    pub(super) fn read(&mut self, fd: u32, buffer: &mut [u8]) -> Result<u32, Errno> {
        if STREAMS.contains(&fd) {
            return Ok(0);
        }
        let (position, content) = self.descriptor(fd)?;
        // One byte before the start is the start: to Node, and so to
        // taglib-wasm's host, -1 means "where the descriptor stands".
        let offset = if *position == -1 { 0 } else { *position };
        let Ok(offset) = u64::try_from(offset) else {
            self.lost_its_place = true;
            return Err(Errno::Inval);
        };
        let read = match content {
            Content::Editable(content) => content.read_at(buffer, offset).map_err(|_| Errno::Io)?,
            Content::ReadOnly(content) => match content.read_at(buffer, offset) {
                Ok(read) => read,
                Err(error) => {
                    self.read_failure.get_or_insert(error);
                    return Err(Errno::Io);
                }
            },
        };
        *position = position.saturating_add_unsigned(read as u64);
        Ok(read as u32)
    }

    pub(super) fn seek(&mut self, fd: u32, offset: i64, whence: Whence) -> Result<u64, Errno> {
        let (position, content) = self.descriptor(fd)?;
        let base = match whence {
            Whence::Start => 0,
            Whence::Current => *position,
            Whence::End => i64::try_from(content.size()).map_err(|_| Errno::Inval)?,
        };
        // Past the end is allowed. Before the start is refused, and still
        // remembered: the next seek counts from there, as in taglib-wasm.
        *position = base.checked_add(offset).ok_or(Errno::Inval)?;
        u64::try_from(*position).map_err(|_| Errno::Inval)
    }

    pub(super) fn check_open(&mut self, fd: u32) -> Result<(), Errno> {
        if STREAMS.contains(&fd) { Ok(()) } else { self.descriptor(fd).map(drop) }
    }

    /// Standard output and error lead nowhere: TagLib's debugging messages are
    /// no business of the app that hosts it.
    pub(super) fn write(&mut self, fd: u32, bytes: &[u8]) -> Result<(), Errno> {
        if STREAMS.contains(&fd) {
            return Ok(());
        }
        let (position, content) = self.descriptor(fd)?;
        let content = content.editable()?;
        let offset = u64::try_from(*position).map_err(|_| Errno::Inval)?;
        let end = position.checked_add_unsigned(bytes.len() as u64).ok_or(Errno::Fbig)?;
        content.write_at(bytes, offset).map_err(|_| Errno::Io)?;
        *position = end;
        Ok(())
    }

    pub(super) fn set_size(&mut self, fd: u32, size: u64) -> Result<(), Errno> {
        let (_, content) = self.descriptor(fd)?;
        content.editable()?.set_size(size).map_err(|_| Errno::Io)
    }

    fn descriptor(&mut self, fd: u32) -> Result<(&mut i64, &mut Content), Errno> {
        let index = fd.checked_sub(FIRST_FILE).ok_or(Errno::Badf)? as usize;
        match (self.positions.get_mut(index), &mut self.file) {
            (Some(Some(position)), Some(file)) => Ok((position, &mut file.content)),
            _ => Err(Errno::Badf),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::unlinked;
    use super::*;
    use crate::disk::{DiskFile, Faults};

    fn files(content: &[u8]) -> GuestFiles {
        let file = unlinked::file(content);
        read_only(ReadAhead::new(file, content.len() as u64))
    }

    fn read_only(file: ReadAhead) -> GuestFiles {
        GuestFiles::read_only("a.mp3".to_owned(), FileView::whole(file))
    }

    #[test]
    fn only_its_one_file_is_there_and_only_for_reading() {
        let mut files = files(b"abc");
        assert_eq!(files.open(b"b.mp3", 0, false), Err(Errno::Noent));
        assert_eq!(files.open(b"../a.mp3", 0, false), Err(Errno::Noent));
        assert_eq!(files.open(b"a.mp3", 0, true), Err(Errno::Rofs));
        assert_eq!(files.open(b"a.mp3", 1, false), Err(Errno::Rofs));
        assert_eq!(files.open(b"a.mp3", open_flags::DIRECTORY, false), Err(Errno::Notdir));
        assert_eq!(files.open(b"a.mp3", 0, false), Ok(FIRST_FILE));
        assert_eq!(files.write(FIRST_FILE, b"x"), Err(Errno::Rofs));
        assert_eq!(files.set_size(FIRST_FILE, 0), Err(Errno::Rofs));
    }

    #[test]
    fn a_file_for_editing_is_written_at_the_descriptors_position() {
        let content = Editable::new(unlinked::file(b"abcdef").into(), 6);
        let mut files = GuestFiles::editable("a.mp3".to_owned(), content);
        let fd = files.open(b"a.mp3", 0, true).unwrap();
        files.seek(fd, 4, Whence::Start).unwrap();
        assert_eq!(files.write(fd, b"xyz"), Ok(()));
        assert_eq!(files.seek(fd, 0, Whence::Current), Ok(7));
        files.set_size(fd, 6).unwrap();
        files.seek(fd, -3, Whence::End).unwrap();
        let mut buffer = [0; 4];
        assert_eq!(files.read(fd, &mut buffer), Ok(3));
        assert_eq!(&buffer[..3], b"dxy");
        assert_eq!(files.seek(fd, -1, Whence::Start), Err(Errno::Inval));
        assert_eq!(files.write(fd, b"x"), Err(Errno::Inval));
        assert_eq!(files.open(b"a.mp3", 1, true), Err(Errno::Rofs));
    }

    #[test]
    fn each_descriptor_has_its_own_position() {
        let mut files = files(b"abcdef");
        let first = files.open(b"a.mp3", 0, false).unwrap();
        let second = files.open(b"a.mp3", 0, false).unwrap();
        assert_eq!(files.seek(first, -2, Whence::End), Ok(4));
        let mut buffer = [0; 4];
        assert_eq!(files.read(first, &mut buffer), Ok(2));
        assert_eq!(&buffer[..2], b"ef");
        assert_eq!(files.read(second, &mut buffer), Ok(4));
        assert_eq!(&buffer, b"abcd");
        assert_eq!(files.seek(second, -1, Whence::Current), Ok(3));
    }

    #[test]
    fn seeking_before_the_start_fails_and_past_the_end_reads_nothing() {
        let mut files = files(b"abc");
        let fd = files.open(b"a.mp3", 0, false).unwrap();
        assert_eq!(files.seek(fd, i64::MIN, Whence::Start), Err(Errno::Inval));
        assert_eq!(files.seek(fd, -4, Whence::End), Err(Errno::Inval));
        assert_eq!(files.seek(fd, i64::MAX, Whence::End), Err(Errno::Inval));
        assert_eq!(files.seek(fd, i64::MAX, Whence::Start), Ok(i64::MAX as u64));
        assert_eq!(files.read(fd, &mut [0; 4]), Ok(0));
        assert!(!files.lost_its_place());
    }

    #[test]
    fn a_read_before_the_start_is_remembered_and_a_way_back_is_none() {
        let mut files = files(b"abc");
        let fd = files.open(b"a.mp3", 0, false).unwrap();
        assert_eq!(files.seek(fd, -2, Whence::Start), Err(Errno::Inval));
        assert_eq!(files.seek(fd, 3, Whence::Current), Ok(1));
        assert_eq!(files.read(fd, &mut [0; 4]), Ok(2));
        assert!(!files.lost_its_place());
        assert_eq!(files.seek(fd, -5, Whence::Current), Err(Errno::Inval));
        assert_eq!(files.read(fd, &mut [0; 4]), Err(Errno::Inval));
        assert!(files.lost_its_place());
    }

    #[test]
    fn a_failed_read_is_remembered() {
        const EIO: i32 = 5;
        let file = DiskFile::new(unlinked::file(b"abc"), &Faults::at(1, EIO));
        let mut files = read_only(ReadAhead::new(file, 3));
        let fd = files.open(b"a.mp3", 0, false).unwrap();
        assert_eq!(files.read(fd, &mut [0; 4]), Err(Errno::Io));
        assert_eq!(files.read(fd, &mut [0; 4]), Ok(3));
        assert_eq!(files.take_read_failure().unwrap().raw_os_error(), Some(EIO));
    }

    #[test]
    fn one_byte_before_the_start_reads_the_start() {
        let mut files = files(b"abc");
        let fd = files.open(b"a.mp3", 0, false).unwrap();
        assert_eq!(files.seek(fd, -1, Whence::Start), Err(Errno::Inval));
        let mut buffer = [0; 2];
        assert_eq!(files.read(fd, &mut buffer), Ok(2));
        assert_eq!(&buffer, b"ab");
        assert!(!files.lost_its_place());
    }

    #[test]
    fn closed_and_unknown_descriptors_are_refused() {
        let mut files = files(b"abc");
        let fd = files.open(b"a.mp3", 0, false).unwrap();
        assert_eq!(files.close(fd), Ok(()));
        for fd in [fd, PREOPEN, 99, u32::MAX] {
            assert_eq!(files.close(fd), Err(Errno::Badf));
            assert_eq!(files.read(fd, &mut [0]), Err(Errno::Badf));
            assert_eq!(files.seek(fd, 0, Whence::Start), Err(Errno::Badf));
        }
    }

    #[test]
    fn descriptors_run_out() {
        let mut files = files(b"abc");
        for _ in 0..MAX_DESCRIPTORS {
            files.open(b"a.mp3", 0, false).unwrap();
        }
        assert_eq!(files.open(b"a.mp3", 0, false), Err(Errno::Mfile));
        files.close(FIRST_FILE + 5).unwrap();
        assert_eq!(files.open(b"a.mp3", 0, false), Ok(FIRST_FILE + 5));
    }
}
