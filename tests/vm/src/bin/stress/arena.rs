// SPDX-License-Identifier: GPL-2.0-only

//! A range of addresses in which everything random happens, so that nothing else comes to harm.

use mmguard_vm::{access, random::Random, PAGE};
use nix::{
    errno::Errno,
    libc::{self, c_int},
    sys::signal::Signal,
};

/// How long it is, in pages.
pub const LEN: usize = 96;

/// What is accessed, in words of a page: not what the kernel writes into a ring. They are few, so
/// that what is written is read.
const WORDS: std::ops::Range<usize> = 4..12;

/// The end of each page, where an ioctl may write.
const SCRATCH: usize = 128;

/// The addresses of a process, at which nothing else is.
#[derive(Clone, Copy)]
pub struct Arena {
    pub start: usize,
}

impl Arena {
    /// That of the process with this number.
    pub fn of(number: usize) -> Self {
        Self {
            start: 0x1000_0000_0000 + number * 2 * LEN * PAGE,
        }
    }

    /// Some pages of it, up to `max`.
    pub fn some(&self, random: &mut Random, max: usize) -> (usize, usize) {
        let pages = 1 + random.below(max);
        let first = random.below(LEN - pages + 1);
        (self.start + first * PAGE, pages * PAGE)
    }

    /// A word of it.
    pub fn word(&self, random: &mut Random) -> usize {
        let word = WORDS.start + random.below(WORDS.len());
        self.start + random.below(LEN) * PAGE + word * 4
    }

    /// Where an ioctl may write.
    pub fn scratch(&self, random: &mut Random) -> usize {
        self.start + (1 + random.below(LEN)) * PAGE - SCRATCH + random.below(SCRATCH / 2)
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        let starts = maps.lines().filter_map(|line| line.split_once('-'));
        let mut starts = starts.filter_map(|(start, _)| usize::from_str_radix(start, 16).ok());
        let range = self.start..self.start + LEN * PAGE;
        !maps.is_empty() && !starts.any(|start| range.contains(&start))
    }

    /// Maps pages of a file, or fresh ones if it is -1, over whatever there is.
    pub fn map(
        &self,
        random: &mut Random,
        fd: c_int,
        first: usize,
        max: usize,
    ) -> Result<(), Errno> {
        let (addr, len) = self.some(random, max);
        let rw = libc::PROT_READ | libc::PROT_WRITE;
        let prot = random.pick(&[rw, rw, rw, libc::PROT_READ, libc::PROT_NONE]);
        let mut flags = random.pick(&[libc::MAP_SHARED, libc::MAP_SHARED, libc::MAP_PRIVATE]);
        flags |= libc::MAP_FIXED | random.pick(&[0, 0, libc::MAP_POPULATE, libc::MAP_LOCKED]);
        if fd < 0 {
            flags |= libc::MAP_ANONYMOUS;
        }
        let offset = (first * PAGE) as i64;
        // SAFETY: In the arena is nothing of Rust's.
        let map = unsafe { libc::mmap(addr as _, len, prot, flags, fd, offset) };
        if map == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        Ok(())
    }

    pub fn unmap(&self, random: &mut Random, max: usize) {
        let (addr, len) = self.some(random, max);
        // SAFETY: In the arena is nothing of Rust's.
        unsafe { libc::munmap(addr as _, len) };
    }

    pub fn unmap_all(&self) -> Result<(), Errno> {
        // SAFETY: In the arena is nothing of Rust's.
        Errno::result(unsafe { libc::munmap(self.start as _, LEN * PAGE) }).map(drop)
    }

    /// Moves, shrinks and grows, or tries to.
    pub fn remap(&self, random: &mut Random, max: usize) {
        let (old, mut old_len) = self.some(random, max);
        let (new, mut new_len) = self.some(random, max);
        let mut flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
        match random.below(8) {
            // In place.
            0 | 1 => flags = 0,
            2 => {
                new_len = old_len;
                flags |= libc::MREMAP_DONTUNMAP;
            }
            3 => old_len = 0,
            4 | 5 => new_len = old_len.min(new_len),
            _ => {}
        }
        // SAFETY: In the arena is nothing of Rust's.
        unsafe { libc::mremap(old as _, old_len, new_len, flags, new) };
    }

    pub fn protect(&self, random: &mut Random, max: usize) {
        let (addr, len) = self.some(random, max);
        let any = random.below(8) as c_int;
        let prot = random.pick(&[libc::PROT_READ | libc::PROT_WRITE, any]);
        // SAFETY: In the arena is nothing of Rust's.
        unsafe { libc::mprotect(addr as _, len, prot) };
    }

    pub fn advise(&self, random: &mut Random, max: usize, advice: c_int) {
        let (addr, len) = self.some(random, max);
        // SAFETY: In the arena is nothing of Rust's.
        unsafe { libc::madvise(addr as _, len, advice) };
    }

    /// Reads a word.
    pub fn load(&self, random: &mut Random) -> Result<u32, Signal> {
        access::load(self.word(random))
    }

    /// Writes a word.
    pub fn store(&self, random: &mut Random, value: u32) {
        // SAFETY: In the arena is nothing of Rust's.
        let _ = unsafe { access::store(self.word(random), value) };
    }
}
