//! The WASI world that the guest sees.
//!
//! wasmtime-wasi is the base: environment, random numbers and exit are its.
//! The functions on files are ours, defined over its own, for three reasons:
//! the guest gets to see one file and nothing else of the file system; reads
//! come from a read-ahead window instead of a system call each; and no call
//! goes through wasmtime-wasi's tokio runtime.
//!
//! The guest finds one preopened directory, `/`, with one file in it. Whatever
//! it asks to open is either that file or not there.
//!
//! Reference: WASI preview 1, `wasi_snapshot_preview1.witx`.

mod editable;
mod files;
mod read_ahead;
mod types;
mod view;
mod written;

use crate::sandbox::{SandboxState, memory};
use files::Whence;
use types::{Errno, FILETYPE_DIRECTORY, FILETYPE_REGULAR, rights};
use wasmtime::{Caller, Linker};

#[cfg(test)]
mod unlinked;

pub(crate) use editable::{Editable, MAX_SIZE};
pub(crate) use files::GuestFiles;
pub(crate) use read_ahead::ReadAhead;
pub(crate) use view::{FileView, Splice};
pub(crate) use written::Written;

const MODULE: &str = "wasi_snapshot_preview1";

/// The one preopened directory: the first descriptor after the streams.
const PREOPEN: u32 = 3;
const PREOPEN_NAME: &[u8] = b"/";

pub(crate) fn add_to_linker(linker: &mut Linker<SandboxState>) -> wasmtime::Result<()> {
    wasmtime_wasi::p1::add_to_linker_sync(linker, SandboxState::wasi)?;
    linker.allow_shadowing(true);
    linker
        .func_wrap(MODULE, "fd_close", |caller: Caller<'_, SandboxState>, fd: u32| {
            answer(caller, |_, files| files.close(fd))
        })?
        .func_wrap(MODULE, "fd_read", fd_read)?
        .func_wrap(MODULE, "fd_write", fd_write)?
        .func_wrap(MODULE, "fd_seek", fd_seek)?
        .func_wrap(MODULE, "fd_fdstat_get", fd_fdstat_get)?
        .func_wrap(MODULE, "fd_fdstat_set_flags", fd_fdstat_set_flags)?
        .func_wrap(MODULE, "fd_filestat_set_size", fd_filestat_set_size)?
        .func_wrap(MODULE, "fd_prestat_get", fd_prestat_get)?
        .func_wrap(MODULE, "fd_prestat_dir_name", fd_prestat_dir_name)?
        .func_wrap(MODULE, "path_open", path_open)?;
    Ok(())
}

type Answer = Result<(), Errno>;

/// Runs one call on the guest's memory and files, and gives the errno back.
fn answer(
    mut caller: Caller<'_, SandboxState>,
    call: impl FnOnce(&mut [u8], &mut GuestFiles) -> Answer,
) -> u32 {
    let Some(memory) = caller.data().memory else {
        return Errno::Fault as u32;
    };
    let (memory, state) = memory.data_and_store_mut(&mut caller);
    match call(memory, &mut state.files) {
        Ok(()) => Errno::Success as u32,
        Err(errno) => errno as u32,
    }
}

fn write(memory: &mut [u8], pointer: u32, value: &[u8]) -> Answer {
    memory::write(memory, pointer, value).ok_or(Errno::Fault)
}

/// The pointer and length of each `iovec`: two 32-bit numbers.
fn io_vector(memory: &[u8], vectors: u32, index: u32) -> Result<(u32, u32), Errno> {
    let entry =
        index.checked_mul(8).and_then(|offset| vectors.checked_add(offset)).ok_or(Errno::Fault)?;
    let pointer = memory::read_u32(memory, entry).ok_or(Errno::Fault)?;
    let length = entry.checked_add(4).and_then(|entry| memory::read_u32(memory, entry));
    Ok((pointer, length.ok_or(Errno::Fault)?))
}

fn fd_read(
    caller: Caller<'_, SandboxState>,
    fd: u32,
    vectors: u32,
    count: u32,
    read_pointer: u32,
) -> u32 {
    answer(caller, |memory, files| {
        let mut total: u32 = 0;
        for index in 0..count {
            let (pointer, length) = io_vector(memory, vectors, index)?;
            let buffer = memory::bytes_mut(memory, pointer, length).ok_or(Errno::Fault)?;
            let read = files.read(fd, buffer)?;
            total = total.checked_add(read).ok_or(Errno::Inval)?;
            if read < length {
                break;
            }
        }
        write(memory, read_pointer, &total.to_le_bytes())
    })
}

fn fd_write(
    caller: Caller<'_, SandboxState>,
    fd: u32,
    vectors: u32,
    count: u32,
    written_pointer: u32,
) -> u32 {
    answer(caller, |memory, files| {
        files.check_open(fd)?;
        let mut total: u32 = 0;
        for index in 0..count {
            let (pointer, length) = io_vector(memory, vectors, index)?;
            files.write(fd, memory::bytes(memory, pointer, length).ok_or(Errno::Fault)?)?;
            total = total.checked_add(length).ok_or(Errno::Inval)?;
        }
        write(memory, written_pointer, &total.to_le_bytes())
    })
}

fn fd_seek(
    caller: Caller<'_, SandboxState>,
    fd: u32,
    offset: i64,
    whence: u32,
    position_pointer: u32,
) -> u32 {
    answer(caller, |memory, files| {
        let position = files.seek(fd, offset, Whence::from_wasi(whence).ok_or(Errno::Inval)?)?;
        write(memory, position_pointer, &position.to_le_bytes())
    })
}

/// `fdstat`: file type, flags, rights, inheriting rights; 24 bytes.
fn fd_fdstat_get(caller: Caller<'_, SandboxState>, fd: u32, pointer: u32) -> u32 {
    answer(caller, |memory, files| {
        // wasi-libc asks a new descriptor for no right that the directory does
        // not pass on; so a file is opened for writing only where it may be.
        let file_rights = if files.is_editable() { rights::EDIT_FILE } else { rights::READ_FILE };
        let (file_type, base, inheriting) = if fd == PREOPEN {
            (FILETYPE_DIRECTORY, rights::PATH_OPEN, file_rights)
        } else {
            files.check_open(fd)?;
            (FILETYPE_REGULAR, file_rights, 0)
        };
        let mut fdstat = [0; 24];
        fdstat[0] = file_type;
        fdstat[8..16].copy_from_slice(&base.to_le_bytes());
        fdstat[16..24].copy_from_slice(&inheriting.to_le_bytes());
        write(memory, pointer, &fdstat)
    })
}

/// The flags are append, non-blocking and the like: none means anything here.
fn fd_fdstat_set_flags(caller: Caller<'_, SandboxState>, fd: u32, _flags: u32) -> u32 {
    answer(caller, |_, files| files.check_open(fd))
}

fn fd_filestat_set_size(caller: Caller<'_, SandboxState>, fd: u32, size: u64) -> u32 {
    answer(caller, |_, files| files.set_size(fd, size))
}

/// `prestat`: the tag of a directory, then the length of its name.
fn fd_prestat_get(caller: Caller<'_, SandboxState>, fd: u32, pointer: u32) -> u32 {
    answer(caller, |memory, _| {
        if fd != PREOPEN {
            return Err(Errno::Badf);
        }
        let mut prestat = [0; 8];
        prestat[4..8].copy_from_slice(&(PREOPEN_NAME.len() as u32).to_le_bytes());
        write(memory, pointer, &prestat)
    })
}

fn fd_prestat_dir_name(
    caller: Caller<'_, SandboxState>,
    fd: u32,
    pointer: u32,
    length: u32,
) -> u32 {
    answer(caller, |memory, _| {
        if fd != PREOPEN {
            return Err(Errno::Badf);
        }
        if (length as usize) < PREOPEN_NAME.len() {
            return Err(Errno::Nametoolong);
        }
        write(memory, pointer, PREOPEN_NAME)
    })
}

#[expect(clippy::too_many_arguments, reason = "the signature is WASI's")]
fn path_open(
    caller: Caller<'_, SandboxState>,
    directory: u32,
    _lookup_flags: u32,
    path: u32,
    path_length: u32,
    open_flags: u32,
    rights_base: u64,
    _rights_inheriting: u64,
    _fd_flags: u32,
    fd_pointer: u32,
) -> u32 {
    answer(caller, |memory, files| {
        if directory != PREOPEN {
            return Err(Errno::Badf);
        }
        let name = memory::bytes(memory, path, path_length).ok_or(Errno::Fault)?;
        // TagLib tries for writing first, and takes "read-only file system"
        // as the hint that it is to open for reading.
        let fd = files.open(name, open_flags, rights_base & rights::CHANGES != 0)?;
        write(memory, fd_pointer, &fd.to_le_bytes())
    })
}
