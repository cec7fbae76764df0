// SPDX-License-Identifier: GPL-2.0-only
// PT-3: to unmap huge pages takes the `i_mmap` lock, so it is not held.
//@check-pass

use kernel::{fs::LocalFile, prelude::*};
use mmguard::{driver::zap::zap_vma_range, order::LockScope, rmap::i_mmap::i_mmap_lock_read, vma::lock::VmaReadGuard};

fn zap(guard: &mut VmaReadGuard<'_>, file: &LocalFile) -> Result {
    let (vma, mut scope) = guard.split();
    let mut i_mmap = i_mmap_lock_read(&mut scope, file);
    unsafe { zap_vma_range(&mut i_mmap, vma, vma.start(), 0) }
}
