// SPDX-License-Identifier: GPL-2.0-only
// LS-6: the constructor of "write all" borrows the VMA exclusively.
//@in-tree
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::{builtin::rmap::VmaWriteAllGuard, vma::lock::VmaWriteGuard};

fn no_dump(vma: &mut VmaWriteGuard<'_>) -> Result<usize> {
    let mut all = VmaWriteAllGuard::lock(vma);
    all.set_flags(flags::DONTDUMP)?;
    Ok(all.start())
}
