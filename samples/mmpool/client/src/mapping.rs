// SPDX-License-Identifier: GPL-2.0-only

//! Mappings of an object.

use crate::device::Device;
use nix::{
    errno::Errno,
    sys::mman::{mmap, munmap, MapFlags, ProtFlags},
    unistd::{sysconf, SysconfVar},
};
use std::{
    ffi::c_void,
    num::NonZero,
    ptr::NonNull,
    sync::atomic::{AtomicU32, Ordering},
};

/// The size of a page, in bytes.
pub fn page_size() -> usize {
    let size = sysconf(SysconfVar::PAGE_SIZE).ok().flatten();
    size.and_then(|size| usize::try_from(size).ok())
        .expect("the kernel tells the size of a page")
}

/// A shared mapping of the first pages of an object, which goes when this is dropped.
///
/// Others write the memory at any time, so its words are read and written one by one.
pub struct Mapping {
    start: NonNull<c_void>,
    len: usize,
    writable: bool,
}

impl Mapping {
    /// Maps pages, from the first of the object on.
    pub fn new(device: &Device, pages: usize, writable: bool) -> Result<Self, Errno> {
        let len = NonZero::new(pages * page_size()).ok_or(Errno::EINVAL)?;
        let mut prot = ProtFlags::PROT_READ;
        if writable {
            prot |= ProtFlags::PROT_WRITE;
        }
        // SAFETY: The kernel chooses where, so nothing else is there.
        let start = unsafe { mmap(None, len, prot, MapFlags::MAP_SHARED, device, 0)? };
        Ok(Self {
            start,
            len: len.get(),
            writable,
        })
    }

    /// The first address.
    pub fn start(&self) -> usize {
        self.start.as_ptr() as usize
    }

    /// The length, in bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is nothing, which is never so.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Reads the word at an offset in bytes.
    ///
    /// # Panics
    ///
    /// If it is not in the mapping, or not aligned.
    pub fn load(&self, offset: usize) -> u32 {
        // SAFETY: The word is mapped, for as long as `self` is there. It is only read.
        unsafe { &*self.word(offset) }.load(Ordering::Acquire)
    }

    /// Writes the word at an offset in bytes. What was written before is seen by who sees that.
    ///
    /// # Panics
    ///
    /// If it is not in the mapping, or not aligned, or the mapping is not writable.
    pub fn store(&self, offset: usize, value: u32) {
        assert!(self.writable, "the mapping is not writable");
        // SAFETY: The word is mapped, for as long as `self` is there, and writable.
        unsafe { &*self.word(offset) }.store(value, Ordering::Release);
    }

    fn word(&self, offset: usize) -> *const AtomicU32 {
        let size = size_of::<u32>();
        assert!(offset % size == 0 && offset < self.len, "no word is there");
        self.start
            .as_ptr()
            .cast_const()
            .wrapping_byte_add(offset)
            .cast()
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: It is the mapping that was made, and nothing refers to it any more.
        let _ = unsafe { munmap(self.start, self.len) };
    }
}
