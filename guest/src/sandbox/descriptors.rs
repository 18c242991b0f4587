//! The guest's file descriptors, which all belong to one file.

use super::wasi_types::{WasiErrno, open_flags};
use crate::file::{Editable, FileView, ReadAhead};
use std::io;

/// The one preopened directory: the first descriptor after the streams.
pub(super) const PREOPEN: u32 = 3;

/// The first descriptor after the streams and the preopened directory.
const FIRST_FILE: u32 = PREOPEN + 1;

/// The maximum number of descriptors that a guest may have open at once. TagLib opens two.
const MAX_DESCRIPTORS: usize = 16;

/// Standard input, output and error.
const STREAMS: std::ops::Range<u32> = 0..PREOPEN;

/// The one file that a guest may open, and its open descriptors.
pub(crate) struct GuestFiles {
    file: Option<GuestFile>,
    /// The position of each descriptor from `FIRST_FILE` on. It is negative after a seek to
    /// before the start of the file.
    positions: Vec<Option<i64>>,
    read_before_start: bool,
    /// The first read that failed. TagLib takes it for the end of the file and
    /// answers with what it found before.
    read_failure: Option<io::Error>,
}

struct GuestFile {
    name: String,
    access: Access,
}

/// What the guest may do with its file.
enum Access {
    ReadOnly(FileView),
    Editable(Editable),
}

impl Access {
    fn size(&self) -> u64 {
        match self {
            Self::ReadOnly(view) => view.size(),
            Self::Editable(file) => file.size(),
        }
    }

    fn editable(&mut self) -> Result<&mut Editable, WasiErrno> {
        match self {
            Self::ReadOnly(_) => Err(WasiErrno::Rofs),
            Self::Editable(file) => Ok(file),
        }
    }
}

/// The position that an offset is relative to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whence {
    Start,
    Current,
    End,
}

impl Whence {
    pub(super) fn from_wasi(whence: u32) -> Option<Self> {
        match whence {
            0 => Some(Self::Start),
            1 => Some(Self::Current),
            2 => Some(Self::End),
            _ => None,
        }
    }
}

impl GuestFiles {
    /// Gives the guest no file.
    pub(crate) fn none() -> Self {
        Self { file: None, positions: Vec::new(), read_before_start: false, read_failure: None }
    }

    /// Gives the guest a file to read under this name.
    pub(crate) fn read_only(name: String, file: FileView) -> Self {
        let access = Access::ReadOnly(file);
        Self { file: Some(GuestFile { name, access }), ..Self::none() }
    }

    /// Gives the guest a file to change under this name.
    pub(crate) fn editable(name: String, file: Editable) -> Self {
        let access = Access::Editable(file);
        Self { file: Some(GuestFile { name, access }), ..Self::none() }
    }

    /// Returns the path under which the guest finds its file. The name is enough, since TagLib
    /// looks only at the extension.
    pub(crate) fn guest_path(&self) -> String {
        format!("/{}", self.file.as_ref().map_or("", |file| &file.name))
    }

    /// Returns whether the guest has tried to read before the start of the file. TagLib ignores
    /// that such a seek and read fail, so its answer is arbitrary. (taglib-wasm's host crashes on
    /// the same files.)
    pub(crate) fn read_before_start(&self) -> bool {
        self.read_before_start
    }

    /// Takes the first failure to read a read-only file. An [`Editable`] keeps its
    /// own failures.
    pub(crate) fn take_read_failure(&mut self) -> Option<io::Error> {
        self.read_failure.take()
    }

    /// Returns the file that the guest has read.
    pub(crate) fn into_read(self) -> Option<ReadAhead> {
        match self.file?.access {
            Access::ReadOnly(view) => Some(view.into_file()),
            Access::Editable(_) => None,
        }
    }

    /// Returns the file that the guest has changed.
    pub(crate) fn into_edited(self) -> Option<Editable> {
        match self.file?.access {
            Access::ReadOnly(_) => None,
            Access::Editable(file) => Some(file),
        }
    }

    /// Returns whether the guest may change its file.
    pub(super) fn is_editable(&self) -> bool {
        self.file.as_ref().is_some_and(|file| matches!(file.access, Access::Editable(_)))
    }

    /// Opens the file. Any flag but `DIRECTORY` would create or truncate it, and is
    /// refused.
    pub(super) fn open(
        &mut self,
        name: &[u8],
        flags: u32,
        for_change: bool,
    ) -> Result<u32, WasiErrno> {
        match &self.file {
            Some(file) if file.name.as_bytes() == name => {}
            _ => return Err(WasiErrno::Noent),
        }
        if flags & open_flags::DIRECTORY != 0 {
            return Err(WasiErrno::Notdir);
        }
        if flags != 0 || for_change && !self.is_editable() {
            return Err(WasiErrno::Rofs);
        }
        let index = match self.positions.iter().position(Option::is_none) {
            Some(index) => index,
            None if self.positions.len() < MAX_DESCRIPTORS => {
                self.positions.push(None);
                self.positions.len() - 1
            }
            None => return Err(WasiErrno::Mfile),
        };
        self.positions[index] = Some(0);
        Ok(FIRST_FILE + index as u32)
    }

    pub(super) fn close(&mut self, fd: u32) -> Result<(), WasiErrno> {
        if STREAMS.contains(&fd) {
            return Ok(());
        }
        self.descriptor(fd)?;
        self.positions[(fd - FIRST_FILE) as usize] = None;
        Ok(())
    }

    /// Reads at the descriptor's position. Returns zero at the end of the file and
    /// for standard input.
    pub(super) fn read(&mut self, fd: u32, buffer: &mut [u8]) -> Result<u32, WasiErrno> {
        if STREAMS.contains(&fd) {
            return Ok(0);
        }
        let (position, access) = self.descriptor(fd)?;
        // Position -1 reads from the start, as in taglib-wasm's host: Node's
        // `fs.read` takes -1 for "the current position".
        let offset = if *position == -1 { 0 } else { *position };
        let Ok(offset) = u64::try_from(offset) else {
            self.read_before_start = true;
            return Err(WasiErrno::Inval);
        };
        let read = match access {
            Access::Editable(file) => file.read_at(buffer, offset).map_err(|_| WasiErrno::Io)?,
            Access::ReadOnly(view) => match view.read_at(buffer, offset) {
                Ok(read) => read,
                Err(error) => {
                    self.read_failure.get_or_insert(error);
                    return Err(WasiErrno::Io);
                }
            },
        };
        *position = position.saturating_add_unsigned(read as u64);
        Ok(read as u32)
    }

    pub(super) fn seek(&mut self, fd: u32, offset: i64, whence: Whence) -> Result<u64, WasiErrno> {
        let (position, access) = self.descriptor(fd)?;
        let base = match whence {
            Whence::Start => 0,
            Whence::Current => *position,
            Whence::End => i64::try_from(access.size()).map_err(|_| WasiErrno::Inval)?,
        };
        // A seek past the end succeeds. One to before the start fails but moves
        // the position: the next seek counts from there, as in taglib-wasm.
        *position = base.checked_add(offset).ok_or(WasiErrno::Inval)?;
        u64::try_from(*position).map_err(|_| WasiErrno::Inval)
    }

    pub(super) fn check_open(&mut self, fd: u32) -> Result<(), WasiErrno> {
        if STREAMS.contains(&fd) { Ok(()) } else { self.descriptor(fd).map(drop) }
    }

    /// Writes at the descriptor's position. Discards what is written to standard
    /// output and error: TagLib's debugging messages do not concern the app.
    pub(super) fn write(&mut self, fd: u32, bytes: &[u8]) -> Result<(), WasiErrno> {
        if STREAMS.contains(&fd) {
            return Ok(());
        }
        let (position, access) = self.descriptor(fd)?;
        let file = access.editable()?;
        let offset = u64::try_from(*position).map_err(|_| WasiErrno::Inval)?;
        let end = position.checked_add_unsigned(bytes.len() as u64).ok_or(WasiErrno::Fbig)?;
        file.write_at(bytes, offset).map_err(|_| WasiErrno::Io)?;
        *position = end;
        Ok(())
    }

    pub(super) fn set_size(&mut self, fd: u32, size: u64) -> Result<(), WasiErrno> {
        let (_, access) = self.descriptor(fd)?;
        access.editable()?.set_size(size).map_err(|_| WasiErrno::Io)
    }

    fn descriptor(&mut self, fd: u32) -> Result<(&mut i64, &mut Access), WasiErrno> {
        let index = fd.checked_sub(FIRST_FILE).ok_or(WasiErrno::Badf)? as usize;
        match (self.positions.get_mut(index), &mut self.file) {
            (Some(Some(position)), Some(file)) => Ok((position, &mut file.access)),
            _ => Err(WasiErrno::Badf),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{DiskFile, Faults, unlinked};

    fn files(content: &[u8]) -> GuestFiles {
        let file = unlinked::file(content);
        read_only(ReadAhead::new(file, content.len() as u64, &unlinked::budget()))
    }

    fn read_only(file: ReadAhead) -> GuestFiles {
        GuestFiles::read_only("a.mp3".to_owned(), FileView::whole(file))
    }

    #[test]
    fn only_its_one_file_is_there_and_only_for_reading() {
        let mut files = files(b"abc");
        assert_eq!(files.open(b"b.mp3", 0, false), Err(WasiErrno::Noent));
        assert_eq!(files.open(b"../a.mp3", 0, false), Err(WasiErrno::Noent));
        assert_eq!(files.open(b"a.mp3", 0, true), Err(WasiErrno::Rofs));
        assert_eq!(files.open(b"a.mp3", 1, false), Err(WasiErrno::Rofs));
        assert_eq!(files.open(b"a.mp3", open_flags::DIRECTORY, false), Err(WasiErrno::Notdir));
        assert_eq!(files.open(b"a.mp3", 0, false), Ok(FIRST_FILE));
        assert_eq!(files.write(FIRST_FILE, b"x"), Err(WasiErrno::Rofs));
        assert_eq!(files.set_size(FIRST_FILE, 0), Err(WasiErrno::Rofs));
    }

    #[test]
    fn a_file_for_editing_is_written_at_the_descriptors_position() {
        let content = Editable::new(unlinked::file(b"abcdef").into(), 6, &unlinked::budget());
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
        assert_eq!(files.seek(fd, -1, Whence::Start), Err(WasiErrno::Inval));
        assert_eq!(files.write(fd, b"x"), Err(WasiErrno::Inval));
        assert_eq!(files.open(b"a.mp3", 1, true), Err(WasiErrno::Rofs));
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
        assert_eq!(files.seek(fd, i64::MIN, Whence::Start), Err(WasiErrno::Inval));
        assert_eq!(files.seek(fd, -4, Whence::End), Err(WasiErrno::Inval));
        assert_eq!(files.seek(fd, i64::MAX, Whence::End), Err(WasiErrno::Inval));
        assert_eq!(files.seek(fd, i64::MAX, Whence::Start), Ok(i64::MAX as u64));
        assert_eq!(files.read(fd, &mut [0; 4]), Ok(0));
        assert!(!files.read_before_start());
    }

    #[test]
    fn a_read_before_the_start_is_remembered_after_later_seeks() {
        let mut files = files(b"abc");
        let fd = files.open(b"a.mp3", 0, false).unwrap();
        assert_eq!(files.seek(fd, -2, Whence::Start), Err(WasiErrno::Inval));
        assert_eq!(files.seek(fd, 3, Whence::Current), Ok(1));
        assert_eq!(files.read(fd, &mut [0; 4]), Ok(2));
        assert!(!files.read_before_start());
        assert_eq!(files.seek(fd, -5, Whence::Current), Err(WasiErrno::Inval));
        assert_eq!(files.read(fd, &mut [0; 4]), Err(WasiErrno::Inval));
        assert!(files.read_before_start());
    }

    #[test]
    fn a_failed_read_is_remembered() {
        const EIO: i32 = 5;
        let file = DiskFile::new(unlinked::file(b"abc"), &Faults::at(1, EIO));
        let mut files = read_only(ReadAhead::new(file, 3, &unlinked::budget()));
        let fd = files.open(b"a.mp3", 0, false).unwrap();
        assert_eq!(files.read(fd, &mut [0; 4]), Err(WasiErrno::Io));
        assert_eq!(files.read(fd, &mut [0; 4]), Ok(3));
        assert_eq!(files.take_read_failure().unwrap().raw_os_error(), Some(EIO));
    }

    #[test]
    fn one_byte_before_the_start_reads_the_start() {
        let mut files = files(b"abc");
        let fd = files.open(b"a.mp3", 0, false).unwrap();
        assert_eq!(files.seek(fd, -1, Whence::Start), Err(WasiErrno::Inval));
        let mut buffer = [0; 2];
        assert_eq!(files.read(fd, &mut buffer), Ok(2));
        assert_eq!(&buffer, b"ab");
        assert!(!files.read_before_start());
    }

    #[test]
    fn closed_and_unknown_descriptors_are_refused() {
        let mut files = files(b"abc");
        let fd = files.open(b"a.mp3", 0, false).unwrap();
        assert_eq!(files.close(fd), Ok(()));
        for fd in [fd, PREOPEN, 99, u32::MAX] {
            assert_eq!(files.close(fd), Err(WasiErrno::Badf));
            assert_eq!(files.read(fd, &mut [0]), Err(WasiErrno::Badf));
            assert_eq!(files.seek(fd, 0, Whence::Start), Err(WasiErrno::Badf));
        }
    }

    #[test]
    fn descriptors_run_out() {
        let mut files = files(b"abc");
        for _ in 0..MAX_DESCRIPTORS {
            files.open(b"a.mp3", 0, false).unwrap();
        }
        assert_eq!(files.open(b"a.mp3", 0, false), Err(WasiErrno::Mfile));
        files.close(FIRST_FILE + 5).unwrap();
        assert_eq!(files.open(b"a.mp3", 0, false), Ok(FIRST_FILE + 5));
    }
}
