// SPDX-License-Identifier: GPL-2.0-only
// VF-11: what swap-in remembers is the fault handler's to write, and has no writer.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn forget(vma: &mut VmaWriteGuard<'_>) -> usize {
    vma.set_readahead(0); //~ E0599
    vma.swap_readahead_info()
}
