// SPDX-License-Identifier: GPL-2.0-only
// LS-4: the mmap lock that is taken beside a VMA read lock is one for reading.
//@lock: VMA write lock

use kernel::{mm::virt::flags, prelude::*};
use mmguard::{mmap::MmGuard, vma::lock::ReadBesideVma};

fn no_dump(mm: &mut MmGuard<'_, ReadBesideVma>, addr: usize) -> Result {
    let mut vma = mm.vma_lookup(addr).ok_or(EFAULT)?;
    vma.set_flags(flags::DONTDUMP) //~ E0277
}
