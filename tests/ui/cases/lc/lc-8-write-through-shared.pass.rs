// SPDX-License-Identifier: GPL-2.0-only
// LC-8: a detached VMA is written by its one owner.
//@in-tree
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::builtin::detached::DetachedVma;

fn no_dump(vma: &mut DetachedVma<'_>) -> Result {
    vma.set_flags(flags::DONTDUMP)
}
