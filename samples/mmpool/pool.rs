// SPDX-License-Identifier: GPL-2.0-only

//! What the objects of all kinds have in common.

use super::{
    guard::{
        driver::{
            ops::Remote,
            page::UserPage,
            setup::Setup, //
        },
        order::level::{
            Below,
            LockLevel,
            VmaLock, //
        }, //
    },
    uapi::Stats, //
};
use core::ops::Range;
use kernel::{
    bindings,
    page::PAGE_SIZE,
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

/// What an open file asks of its object, of whatever kind that is.
///
/// A driver with one kind of object has its methods on that, and not this.
pub(crate) trait Pool: Send + Sync {
    /// What happened so far.
    fn counts(&self) -> &Counts;

    /// Makes a new VMA one of the object.
    fn map(&self, setup: Setup<'_>) -> Result;

    /// Reads a word of a page, at an offset in bytes, or writes it first.
    fn word(&self, page: usize, offset: usize, write: Option<u32>) -> Result<u32>;

    /// Takes pages back, and returns how many there were of those that are made on fault.
    fn revoke(&self, _pages: Range<usize>) -> Result<usize> {
        Err(not_supported())
    }

    /// Takes all pages back, and lets nobody have them again.
    fn suspend(&self) -> Result {
        Err(not_supported())
    }

    /// Lets accesses be again.
    fn resume(&self) -> Result {
        Err(not_supported())
    }

    /// Takes the entries out of the ring, and returns how many there were.
    fn ring(&self) -> Result<usize> {
        Err(not_supported())
    }
}

/// `EOPNOTSUPP`, which Rust has no name for before Linux 7.3.
fn not_supported() -> Error {
    Error::from_errno(-(bindings::EOPNOTSUPP as c_int))
}

/// The lock of an object: taken in a fault, under the lock of the VMA.
pub(crate) struct PoolLock;

impl LockLevel for PoolLock {
    type Place = Below<VmaLock>;
}

/// A number that any task may change, under whatever lock.
pub(crate) struct Count(Atomic<u64>);

impl Count {
    pub(crate) const fn new() -> Self {
        Self(Atomic::new(0))
    }

    pub(crate) fn add(&self, count: usize) {
        self.0.fetch_add(count as u64, Relaxed);
    }

    pub(crate) fn sub(&self, count: usize) {
        self.0.fetch_sub(count as u64, Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// How many objects there are.
static OBJECTS: Count = Count::new();

/// What happened to an object so far.
pub(crate) struct Counts {
    pub(crate) faults: Count,
    pub(crate) present: Count,
    pub(crate) revoked: Count,
    pub(crate) shrunk: Count,
    pub(crate) opened: Count,
    pub(crate) closed: Count,
    pub(crate) writes: Count,
}

impl Counts {
    pub(crate) fn new() -> Self {
        OBJECTS.add(1);
        Self {
            faults: Count::new(),
            present: Count::new(),
            revoked: Count::new(),
            shrunk: Count::new(),
            opened: Count::new(),
            closed: Count::new(),
            writes: Count::new(),
        }
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            faults: self.faults.get(),
            present: self.present.get(),
            revoked: self.revoked.get(),
            shrunk: self.shrunk.get(),
            opened: self.opened.get(),
            closed: self.closed.get(),
            objects: OBJECTS.get(),
            writes: self.writes.get(),
        }
    }
}

/// They go with their object.
impl Drop for Counts {
    fn drop(&mut self) {
        OBJECTS.sub(1);
    }
}

/// Makes pages of zeroes.
pub(crate) fn new_pages(count: usize) -> Result<KVVec<UserPage>> {
    let mut pages = KVVec::with_capacity(count, GFP_KERNEL)?;
    for _ in 0..count {
        // A process asks for them, so they are charged to its memory cgroup.
        pages.push(UserPage::new(GFP_KERNEL_ACCOUNT)?, GFP_KERNEL)?;
    }
    Ok(pages)
}

/// Writes zeroes to a page that nobody has mapped.
pub(crate) fn clear(page: &UserPage) -> Result {
    static ZEROES: [u8; PAGE_SIZE] = [0; PAGE_SIZE];
    page.write(0, &ZEROES)
}

/// Reads a word of a page, or writes it first.
pub(crate) fn word(page: &UserPage, offset: usize, write: Option<u32>) -> Result<u32> {
    page.with_word(offset, |word| match write {
        Some(value) => {
            word.store(value, Relaxed);
            value
        }
        None => word.load(Relaxed),
    })
}

/// Does for a debugger what it asks for, in the page that has the offset, in bytes. It comes again
/// for what is in the next page.
pub(crate) fn access(page: &UserPage, offset: usize, access: Remote<'_>) -> Result<usize> {
    let offset = offset % PAGE_SIZE;
    let room = PAGE_SIZE - offset;
    match access {
        Remote::Peek(to) => {
            let len = room.min(to.len());
            page.read(offset, &mut to[..len])?;
            Ok(len)
        }
        Remote::Poke(from) => {
            let len = room.min(from.len());
            page.write(offset, &from[..len])?;
            Ok(len)
        }
    }
}
