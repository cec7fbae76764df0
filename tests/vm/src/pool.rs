// SPDX-License-Identifier: GPL-2.0-only

//! Objects of `/dev/mmpool`, and mappings of them, which may fail.

use crate::{access, PAGE};
use mmpool::{
    device::Device,
    uapi::{
        KIND_MIXED, KIND_PAGES, KIND_PAGES_AT_MMAP, KIND_PFNS, KIND_PFNS_AT_MMAP, SETUP_READ_ONLY,
    },
};
use nix::{
    errno::Errno,
    libc::{self, c_int},
    sys::signal::Signal,
};
use std::{
    fs::File,
    io,
    ops::Deref,
    os::{
        fd::{AsFd, AsRawFd},
        unix::fs::FileExt,
    },
    ptr::null_mut,
};

pub const R: c_int = libc::PROT_READ;
pub const RW: c_int = libc::PROT_READ | libc::PROT_WRITE;

/// A kind of objects.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    pub name: &'static str,
    /// Its number.
    pub kind: u32,
    /// Whether pages are made, and mapped, when they are accessed.
    pub on_fault: bool,
    /// Whether it has page frames. Then no private mapping is writable.
    pub frames: bool,
    /// Whether nobody gets its pages by address.
    pub pfns: bool,
}

const fn kind(name: &'static str, kind: u32, on_fault: bool, frames: bool, pfns: bool) -> Kind {
    Kind {
        name,
        kind,
        on_fault,
        frames,
        pfns,
    }
}

pub const PAGES: Kind = kind("pages", KIND_PAGES, true, false, false);
pub const PFNS: Kind = kind("pfns", KIND_PFNS, true, true, true);
pub const MIXED: Kind = kind("mixed", KIND_MIXED, true, true, false);
pub const PAGES_AT_MMAP: Kind = kind("pages at mmap", KIND_PAGES_AT_MMAP, false, false, false);
pub const PFNS_AT_MMAP: Kind = kind("pfns at mmap", KIND_PFNS_AT_MMAP, false, true, true);

/// All kinds.
pub const KINDS: [Kind; 5] = [PAGES, PFNS, MIXED, PAGES_AT_MMAP, PFNS_AT_MMAP];

/// An open device with an object. Derefs to the device.
pub struct Object {
    device: Device,
    pub flags: u32,
    pub pages: usize,
}

impl Object {
    pub fn new(kind: Kind, flags: u32, pages: usize) -> Result<Self, Errno> {
        let device = open()?;
        device.set_up(kind.kind, flags, pages as u64)?;
        Ok(Self {
            device,
            flags,
            pages,
        })
    }

    /// Maps all of it, shared.
    pub fn map(&self) -> Result<Map, Errno> {
        self.map_part(0, self.pages)
    }

    /// Maps a part of it, in pages, shared.
    pub fn map_part(&self, start: usize, pages: usize) -> Result<Map, Errno> {
        let prot = if self.flags & SETUP_READ_ONLY != 0 {
            R
        } else {
            RW
        };
        Map::new(self, start, pages, prot, libc::MAP_SHARED)
    }

    /// Takes all pages back.
    pub fn revoke_all(&self) -> Result<u32, Errno> {
        self.revoke(0, self.pages as u64)
    }
}

impl Deref for Object {
    type Target = Device;

    fn deref(&self) -> &Device {
        &self.device
    }
}

impl AsFd for Object {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.device.as_fd()
    }
}

/// Opens the device.
pub fn open() -> Result<Device, Errno> {
    Device::open().map_err(errno)
}

fn errno(err: io::Error) -> Errno {
    err.raw_os_error()
        .map_or(Errno::UnknownErrno, Errno::from_raw)
}

/// A mapping, of whatever it is. It is unmapped in the end.
pub struct Map {
    pub addr: usize,
    pub pages: usize,
}

impl Map {
    /// Maps pages of a file.
    pub fn new(
        file: &impl AsFd,
        start: usize,
        pages: usize,
        prot: c_int,
        flags: c_int,
    ) -> Result<Self, Errno> {
        let fd = file.as_fd().as_raw_fd();
        // SAFETY: The kernel chooses the address.
        unsafe { mmap(0, pages, prot, flags, fd, start) }
    }

    /// Maps pages of a file in place of this mapping.
    pub fn replace(&mut self, file: &impl AsFd, start: usize, flags: c_int) -> Result<(), Errno> {
        let fd = file.as_fd().as_raw_fd();
        let flags = flags | libc::MAP_FIXED;
        // SAFETY: The mapping is this one's.
        unsafe { mmap(self.addr, self.pages, RW, flags, fd, start) }.map(std::mem::forget)
    }

    /// Maps fresh pages in place of this mapping.
    pub fn replace_by_anon(&mut self) -> Result<(), Errno> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
        // SAFETY: The mapping is this one's.
        unsafe { mmap(self.addr, self.pages, RW, flags, -1, 0) }.map(std::mem::forget)
    }

    /// Maps fresh pages.
    pub fn anon(pages: usize, flags: c_int) -> Result<Self, Errno> {
        // SAFETY: The kernel chooses the address.
        unsafe { mmap(0, pages, RW, flags | libc::MAP_ANONYMOUS, -1, 0) }
    }

    /// The address of a page.
    pub fn at(&self, page: usize) -> usize {
        self.addr + page * PAGE
    }

    /// Reads the first word of a page.
    pub fn load(&self, page: usize) -> Result<u32, Signal> {
        access::load(self.at(page))
    }

    /// Writes the first word of a page.
    pub fn store(&self, page: usize, value: u32) -> Result<(), Signal> {
        assert!(page < self.pages);
        // SAFETY: What is in the mapping is no object of Rust.
        unsafe { access::store(self.at(page), value) }
    }

    pub fn protect(&self, prot: c_int) -> Result<(), Errno> {
        // SAFETY: The mapping is this one's.
        Errno::result(unsafe { libc::mprotect(self.addr as _, self.pages * PAGE, prot) }).map(drop)
    }

    pub fn advise(&self, advice: c_int) -> Result<(), Errno> {
        // SAFETY: The mapping is this one's.
        Errno::result(unsafe { libc::madvise(self.addr as _, self.pages * PAGE, advice) }).map(drop)
    }

    /// Moves it to where nothing is, or makes it another length, in pages.
    pub fn remap(&mut self, old: usize, new: usize, flags: c_int) -> Result<(), Errno> {
        let (old, len) = (old * PAGE, new * PAGE);
        let (flags, place) = match flags & libc::MREMAP_FIXED {
            0 => (flags, 0),
            _ => (flags, Self::anon(new, libc::MAP_PRIVATE)?.leak()),
        };
        // SAFETY: Both ranges are of mappings of this module's.
        let addr = unsafe { libc::mremap(self.addr as _, old, len, flags, place) };
        if addr == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        (self.addr, self.pages) = (addr as usize, new);
        Ok(())
    }

    /// Its address. Nobody unmaps it.
    pub fn leak(self) -> usize {
        let addr = self.addr;
        std::mem::forget(self);
        addr
    }

    /// How many of its pages this process has in its page tables.
    pub fn present(&self) -> io::Result<usize> {
        present("self", self.addr, self.pages)
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: The mapping is this one's.
        unsafe { libc::munmap(self.addr as _, self.pages * PAGE) };
    }
}

/// Maps something.
///
/// # Safety
///
/// With `MAP_FIXED`, what was there must be the caller's.
unsafe fn mmap(
    addr: usize,
    pages: usize,
    prot: c_int,
    flags: c_int,
    fd: c_int,
    start: usize,
) -> Result<Map, Errno> {
    let (at, offset) = (
        null_mut::<u8>().wrapping_add(addr),
        start as u64 * PAGE as u64,
    );
    // SAFETY: By the safety requirements.
    let addr = unsafe { libc::mmap(at.cast(), pages * PAGE, prot, flags, fd, offset as _) };
    if addr == libc::MAP_FAILED {
        return Err(Errno::last());
    }
    Ok(Map {
        addr: addr as usize,
        pages,
    })
}

/// How many of these pages a process has in its page tables, as `/proc/PID/pagemap` says.
pub fn present(pid: &str, addr: usize, pages: usize) -> io::Result<usize> {
    const PRESENT: u64 = 1 << 63;

    let file = File::open(format!("/proc/{pid}/pagemap"))?;
    let mut entries = vec![0; pages * 8];
    file.read_exact_at(&mut entries, (addr / PAGE * 8) as u64)?;
    let entries = entries
        .chunks(8)
        .map(|bytes| u64::from_ne_bytes(bytes.try_into().unwrap()));
    Ok(entries.filter(|entry| entry & PRESENT != 0).count())
}
