// SPDX-License-Identifier: GPL-2.0-only
// PT-3: to unmap huge pages takes the `i_mmap` lock, so it is not held.
//@check-pass

use kernel::{fs::LocalFile, prelude::*};
use mmguard::*;

fn zap(guard: &mut VmaReadGuard<'_>, file: &LocalFile) -> Result {
    let (vma, mut scope) = guard.split();
    let mut i_mmap = scope.i_mmap_lock_read(file);
    unsafe { zap_vma_range(&mut i_mmap, vma, vma.start(), 0) }
}
