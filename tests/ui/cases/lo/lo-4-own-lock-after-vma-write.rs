// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a VMA write lock lasts as long as the mmap write lock, longer than its guard.
//@lock: VmaLock

use kernel::{mm::virt::flags, prelude::*};
use mmguard::{mmap::{MmGuard, Write}, order::{level::{Below, LockLevel, MmapLock}, mutex::OrderedMutex}};

struct ListLock;

impl LockLevel for ListLock {
    type Place = Below<MmapLock>;
}

fn f(mm: &mut MmGuard<'_, Write>, list: &OrderedMutex<ListLock, usize>) -> Result<usize> {
    mm.vma_start_write(0)?.set_flags(flags::DONTDUMP)?;
    Ok(*list.lock(mm)) //~ E0277
}
