// SPDX-License-Identifier: GPL-2.0-only
// LC-8: a detached VMA is written by its owner, without a lock, until it is attached.
//@in-tree
//@lock: MmGuard<'_, Write>

use kernel::{mm::virt::flags, prelude::*};
use mmguard::{builtin::detached::DetachedVma, mmap::{MmGuard, Write}};

fn attach(mut vma: DetachedVma<'_>, mm: &mut MmGuard<'_, Write>) -> Result {
    let _attached = vma.attach(mm).map_err(|(_, err)| err)?;
    vma.set_flags(flags::DONTDUMP) //~ E0382
}
