// SPDX-License-Identifier: GPL-2.0-only

//! Devices of Rust Binder, and what is said to them.

use crate::{tap::Failure, PAGE};
use nix::{
    errno::Errno,
    fcntl::{open, OFlag},
    libc,
    sys::stat::Mode,
};
use std::{
    ffi::{CStr, CString},
    fs::File,
    os::fd::{AsRawFd, OwnedFd},
    slice,
};

/// Where binderfs is mounted.
pub const FOLDER: &str = "/dev/binderfs";

/// How long a mapping is, and so the longest buffer.
pub const PAGES: usize = 32;
pub const LEN: usize = PAGES * PAGE;

/// `struct binder_transaction_data`
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Data {
    target: u64,
    cookie: u64,
    code: u32,
    flags: u32,
    sender_pid: i32,
    sender_euid: u32,
    data_size: u64,
    offsets_size: u64,
    buffer: u64,
    offsets: u64,
}

/// `struct binder_write_read`
#[repr(C)]
struct WriteRead {
    write_size: u64,
    write_consumed: u64,
    write_buffer: u64,
    read_size: u64,
    read_consumed: u64,
    read_buffer: u64,
}

/// `struct binderfs_device`
#[repr(C)]
struct Device {
    name: [u8; 256],
    major: u32,
    minor: u32,
}

/// `BC_FREE_BUFFER` and its buffer. There is none at 0.
#[repr(C, packed(4))]
struct Free(u32, u64);

/// Commands: two that free, and then one that sends data.
#[repr(C, packed(4))]
struct Commands {
    free: [Free; 2],
    send: u32,
    data: Data,
}

impl Commands {
    fn new(free: [usize; 2], send: u32, code: u32, data: &[u8]) -> Self {
        Self {
            free: free.map(|buffer| Free(BC_FREE_BUFFER, buffer as u64)),
            send,
            data: Data {
                code,
                data_size: data.len() as u64,
                buffer: data.as_ptr() as u64,
                ..Data::default()
            },
        }
    }
}

nix::ioctl_readwrite!(write_read, b'b', 1, WriteRead);
nix::ioctl_write_ptr!(set_context_mgr, b'b', 7, i32);
nix::ioctl_readwrite!(add_device, b'b', 1, Device);

const BC_TRANSACTION: u32 = nix::request_code_write!(b'c', 0, size_of::<Data>()) as u32;
const BC_REPLY: u32 = nix::request_code_write!(b'c', 1, size_of::<Data>()) as u32;
const BC_FREE_BUFFER: u32 = nix::request_code_write!(b'c', 3, size_of::<u64>()) as u32;
const BC_ENTER_LOOPER: u32 = nix::request_code_none!(b'c', 12) as u32;
const BR_TRANSACTION: u32 = nix::request_code_read!(b'r', 2, size_of::<Data>()) as u32;
const BR_REPLY: u32 = nix::request_code_read!(b'r', 3, size_of::<Data>()) as u32;
const BR_DEAD_REPLY: u32 = nix::request_code_none!(b'r', 5) as u32;
const BR_TRANSACTION_COMPLETE: u32 = nix::request_code_none!(b'r', 6) as u32;
const BR_NOOP: u32 = nix::request_code_none!(b'r', 12) as u32;
const BR_SPAWN_LOOPER: u32 = nix::request_code_none!(b'r', 13) as u32;
const BR_FAILED_REPLY: u32 = nix::request_code_none!(b'r', 17) as u32;

/// A device that this process has open, and mapped.
pub struct Binder {
    fd: OwnedFd,
    addr: usize,
    /// The buffer of the last reply.
    reply: usize,
}

/// A transaction that this process received.
pub struct Received {
    pub code: u32,
    pub addr: usize,
    pub len: usize,
}

/// What came of a transaction.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// A reply, which has this in the mapping of this process.
    Reply(&'a [u8]),
    /// A reply whose code says that the receiver could not read all of the data.
    Unreadable,
    Failed,
    Dead,
}

impl Answer<'_> {
    pub fn refused(&self) -> bool {
        matches!(self, Answer::Failed | Answer::Dead)
    }
}

impl Binder {
    /// Opens and maps a device, anywhere or there.
    pub fn open(path: &CStr, addr: Option<usize>) -> Result<Self, Errno> {
        let fd = open(path, OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty())?;
        let fixed = addr.map_or(0, |_| libc::MAP_FIXED_NOREPLACE);
        let addr = map(
            addr.unwrap_or(0),
            libc::PROT_READ,
            libc::MAP_PRIVATE | fixed,
            &fd,
        )?;
        Ok(Self { fd, addr, reply: 0 })
    }

    /// Becomes the context manager, to whom all others send.
    pub fn be_manager(&self) -> Result<(), Errno> {
        // SAFETY: The number is not used.
        unsafe { set_context_mgr(self.fd.as_raw_fd(), &0) }.map(drop)
    }

    /// Waits for the first transaction.
    pub fn receive(&self) -> Result<Received, Errno> {
        self.next(&BC_ENTER_LOOPER)
    }

    /// Frees buffers, replies to the last transaction, and waits for the next one. A code other
    /// than 0 says that not all of it could be read.
    pub fn reply(&self, free: [usize; 2], code: u32, data: &[u8]) -> Result<Received, Errno> {
        self.next(&Commands::new(free, BC_REPLY, code, data))
    }

    fn next<T>(&self, commands: &T) -> Result<Received, Errno> {
        let mut told = self.talk(commands)?;
        // To whom it replied may be dead, which is said.
        while told.0 != BR_TRANSACTION {
            told = self.talk(&())?;
        }
        Ok(Received {
            code: told.1.code,
            addr: told.1.buffer as usize,
            len: told.1.data_size as usize,
        })
    }

    /// Writes a command, or more, and waits for a transaction, or what comes of one.
    fn talk<T>(&self, commands: &T) -> Result<(u32, Data), Errno> {
        let mut read = [0u32; 64];
        let mut request = WriteRead {
            write_size: size_of::<T>() as u64,
            write_consumed: 0,
            write_buffer: (&raw const *commands) as u64,
            read_size: size_of_val(&read) as u64,
            read_consumed: 0,
            read_buffer: read.as_mut_ptr() as u64,
        };
        loop {
            request.read_consumed = 0;
            // SAFETY: The sizes are those of the commands and of `read`.
            match unsafe { write_read(self.fd.as_raw_fd(), &mut request) } {
                Err(Errno::EINTR) => continue,
                result => result?,
            };
            let mut rest = &read[..request.read_consumed as usize / size_of::<u32>()];
            while let Some((&code, after)) = rest.split_first() {
                let data = match code {
                    // SAFETY: Such data follows, in which any bytes are valid.
                    BR_TRANSACTION | BR_REPLY => unsafe {
                        after.as_ptr().cast::<Data>().read_unaligned()
                    },
                    _ => Data::default(),
                };
                match code {
                    BR_NOOP | BR_TRANSACTION_COMPLETE | BR_SPAWN_LOOPER => rest = after,
                    BR_TRANSACTION | BR_REPLY | BR_FAILED_REPLY | BR_DEAD_REPLY => {
                        return Ok((code, data))
                    }
                    _ => return Err(Errno::EPROTO),
                }
            }
        }
    }

    /// Sends a transaction to the context manager.
    pub fn transact(&mut self, code: u32, data: &[u8]) -> Result<Answer<'_>, Errno> {
        let commands = Commands::new([self.reply, 0], BC_TRANSACTION, code, data);
        self.reply = 0;
        let (code, data) = self.talk(&commands)?;
        Ok(match code {
            BR_REPLY => {
                let (start, len) = (data.buffer as usize, data.data_size as usize);
                self.reply = start;
                let mapping = self.addr..=self.addr + LEN;
                if !mapping.contains(&start) || !mapping.contains(&(start + len)) {
                    return Err(Errno::EFAULT);
                }
                if data.code != 0 {
                    return Ok(Answer::Unreadable);
                }
                // SAFETY: It is in the mapping, and nobody writes there before it is freed.
                Answer::Reply(unsafe { slice::from_raw_parts(start as *const u8, len) })
            }
            BR_FAILED_REPLY => Answer::Failed,
            BR_DEAD_REPLY => Answer::Dead,
            _ => return Err(Errno::EPROTO),
        })
    }
}

impl Drop for Binder {
    fn drop(&mut self) {
        // SAFETY: The mapping is this one's.
        unsafe { libc::munmap(self.addr as _, LEN) };
    }
}

/// Maps `LEN` bytes, of a file if the flags do not say otherwise.
pub fn map(addr: usize, prot: i32, flags: i32, file: &impl AsRawFd) -> Result<usize, Errno> {
    assert!(flags & libc::MAP_FIXED == 0);
    // SAFETY: It maps over nothing.
    let addr = unsafe { libc::mmap(addr as _, LEN, prot, flags, file.as_raw_fd(), 0) };
    match addr {
        libc::MAP_FAILED => Err(Errno::last()),
        addr => Ok(addr as usize),
    }
}

/// Makes a device. Returns its path.
pub fn add(name: &str) -> Result<CString, Failure> {
    let path = format!("{FOLDER}/binder-control");
    let control = File::open(&path).map_err(|err| format!("{path}: {err}"))?;
    let mut device = Device {
        name: [0; 256],
        major: 0,
        minor: 0,
    };
    device.name[..name.len()].copy_from_slice(name.as_bytes());
    // SAFETY: The device is one that the ioctl reads and writes.
    unsafe { add_device(control.as_raw_fd(), &mut device) }
        .map_err(|err| format!("{name}: {err}"))?;
    Ok(CString::new(format!("{FOLDER}/{name}")).expect("there is no 0 in it"))
}
