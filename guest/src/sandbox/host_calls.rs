//! The WASI functions that the guest can call.
//!
//! wasmtime-wasi provides environment and exit. This module replaces its functions on files, for
//! three reasons: the guest sees one file and nothing else of the file system; reads come from
//! read-ahead windows instead of a system call each; and no call goes through wasmtime-wasi's
//! tokio runtime. It also replaces random numbers, because wasmtime-wasi fills all of the guest's
//! memory with them in one call.
//!
//! The guest finds one preopened directory, `/`, with one file in it. Every other path does not
//! exist. Each call moves a bounded number of bytes, because no epoch interrupts the host. By
//! their definition, `read` and `write` may do less than requested, and wasi-libc then calls them
//! again.
//!
//! Reference: WASI preview 1, `wasi_snapshot_preview1.witx`.

use super::descriptors::{GuestFiles, PREOPEN, Whence};
use super::memory;
use super::state::SandboxState;
use super::wasi_types::{FILETYPE_DIRECTORY, FILETYPE_REGULAR, WasiErrno, rights};
use std::hash::{BuildHasher, RandomState};
use wasmtime::{Caller, Linker};

const MODULE: &str = "wasi_snapshot_preview1";

const PREOPEN_NAME: &[u8] = b"/";

/// The maximum number of bytes that one call reads or writes.
const MAX_TRANSFER: u32 = 1 << 20;

/// The maximum number of buffers that one call reads or writes, as `IOV_MAX` on Linux.
const MAX_VECTORS: u32 = 1024;

/// The maximum number of random bytes of one call. wasi-libc asks for at most 256 (`getentropy`).
const MAX_RANDOM: u32 = 64 << 10;

/// Adds all functions that the guest imports.
pub(super) fn add_to_linker(linker: &mut Linker<SandboxState>) -> wasmtime::Result<()> {
    wasmtime_wasi::p1::add_to_linker_sync(linker, SandboxState::wasi)?;
    linker.allow_shadowing(true);
    linker
        .func_wrap(MODULE, "fd_close", |caller: Caller<'_, SandboxState>, fd: u32| {
            host_call(caller, |_, files| files.close(fd))
        })?
        .func_wrap(MODULE, "fd_read", fd_read)?
        .func_wrap(MODULE, "fd_write", fd_write)?
        .func_wrap(MODULE, "fd_seek", fd_seek)?
        .func_wrap(MODULE, "fd_fdstat_get", fd_fdstat_get)?
        .func_wrap(MODULE, "fd_fdstat_set_flags", fd_fdstat_set_flags)?
        .func_wrap(MODULE, "fd_filestat_set_size", fd_filestat_set_size)?
        .func_wrap(MODULE, "fd_prestat_get", fd_prestat_get)?
        .func_wrap(MODULE, "fd_prestat_dir_name", fd_prestat_dir_name)?
        .func_wrap(MODULE, "path_open", path_open)?
        .func_wrap(MODULE, "random_get", random_get)?;
    Ok(())
}

type CallResult = Result<(), WasiErrno>;

/// Runs one call on the guest's memory and files, and returns its errno.
fn host_call(
    mut caller: Caller<'_, SandboxState>,
    call: impl FnOnce(&mut [u8], &mut GuestFiles) -> CallResult,
) -> u32 {
    let Some(memory) = caller.data().memory else {
        return WasiErrno::Fault as u32;
    };
    let (memory, state) = memory.data_and_store_mut(&mut caller);
    match call(memory, &mut state.files) {
        Ok(()) => WasiErrno::Success as u32,
        Err(errno) => errno as u32,
    }
}

fn write(memory: &mut [u8], pointer: u32, value: &[u8]) -> CallResult {
    memory::write(memory, pointer, value).ok_or(WasiErrno::Fault)
}

/// Returns pointer and length of an `iovec`: two 32-bit numbers.
fn io_vector(memory: &[u8], vectors: u32, index: u32) -> Result<(u32, u32), WasiErrno> {
    let entry = index
        .checked_mul(8)
        .and_then(|offset| vectors.checked_add(offset))
        .ok_or(WasiErrno::Fault)?;
    let pointer = memory::read_u32(memory, entry).ok_or(WasiErrno::Fault)?;
    let length = entry.checked_add(4).and_then(|entry| memory::read_u32(memory, entry));
    Ok((pointer, length.ok_or(WasiErrno::Fault)?))
}

fn fd_read(
    caller: Caller<'_, SandboxState>,
    fd: u32,
    vectors: u32,
    count: u32,
    read_pointer: u32,
) -> u32 {
    host_call(caller, |memory, files| {
        let mut total: u32 = 0;
        for index in 0..count.min(MAX_VECTORS) {
            let (pointer, length) = io_vector(memory, vectors, index)?;
            let part = length.min(MAX_TRANSFER - total);
            let buffer = memory::bytes_mut(memory, pointer, part).ok_or(WasiErrno::Fault)?;
            let read = files.read(fd, buffer)?;
            total += read;
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
    host_call(caller, |memory, files| {
        files.check_open(fd)?;
        let mut total: u32 = 0;
        for index in 0..count.min(MAX_VECTORS) {
            let (pointer, length) = io_vector(memory, vectors, index)?;
            let part = length.min(MAX_TRANSFER - total);
            files.write(fd, memory::bytes(memory, pointer, part).ok_or(WasiErrno::Fault)?)?;
            total += part;
            if part < length {
                break;
            }
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
    host_call(caller, |memory, files| {
        let position =
            files.seek(fd, offset, Whence::from_wasi(whence).ok_or(WasiErrno::Inval)?)?;
        write(memory, position_pointer, &position.to_le_bytes())
    })
}

/// `fdstat`: file type, flags, rights, inheriting rights; 24 bytes.
fn fd_fdstat_get(caller: Caller<'_, SandboxState>, fd: u32, pointer: u32) -> u32 {
    host_call(caller, |memory, files| {
        // wasi-libc requests only rights that the directory passes on, so it opens a file for
        // writing only if the file may be changed.
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

/// Accepts and ignores the flags (append, non-blocking, …), which have no meaning
/// for this file.
fn fd_fdstat_set_flags(caller: Caller<'_, SandboxState>, fd: u32, _flags: u32) -> u32 {
    host_call(caller, |_, files| files.check_open(fd))
}

fn fd_filestat_set_size(caller: Caller<'_, SandboxState>, fd: u32, size: u64) -> u32 {
    host_call(caller, |_, files| files.set_size(fd, size))
}

/// `prestat`: the tag of a directory, then the length of its name; 8 bytes.
fn fd_prestat_get(caller: Caller<'_, SandboxState>, fd: u32, pointer: u32) -> u32 {
    host_call(caller, |memory, _| {
        if fd != PREOPEN {
            return Err(WasiErrno::Badf);
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
    host_call(caller, |memory, _| {
        if fd != PREOPEN {
            return Err(WasiErrno::Badf);
        }
        if (length as usize) < PREOPEN_NAME.len() {
            return Err(WasiErrno::Nametoolong);
        }
        write(memory, pointer, PREOPEN_NAME)
    })
}

/// Returns random numbers, with which the guest seeds its hash tables. The system seeds the keys
/// of this hasher in the same way. The numbers are not meant for cryptography.
fn random_get(caller: Caller<'_, SandboxState>, pointer: u32, length: u32) -> u32 {
    host_call(caller, |memory, _| {
        if length > MAX_RANDOM {
            return Err(WasiErrno::Inval);
        }
        let bytes = memory::bytes_mut(memory, pointer, length).ok_or(WasiErrno::Fault)?;
        let keys = RandomState::new();
        for (index, part) in bytes.chunks_mut(size_of::<u64>()).enumerate() {
            part.copy_from_slice(&keys.hash_one(index).to_le_bytes()[..part.len()]);
        }
        Ok(())
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
    host_call(caller, |memory, files| {
        if directory != PREOPEN {
            return Err(WasiErrno::Badf);
        }
        let name = memory::bytes(memory, path, path_length).ok_or(WasiErrno::Fault)?;
        // TagLib first tries to open the file for writing; after the error "read-only file
        // system" it opens the file for reading.
        let fd = files.open(name, open_flags, rights_base & rights::CHANGES != 0)?;
        write(memory, fd_pointer, &fd.to_le_bytes())
    })
}
