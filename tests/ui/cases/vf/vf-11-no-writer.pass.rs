// SPDX-License-Identifier: GPL-2.0-only
// VF-11: what swap-in remembers is the fault handler's to write, and has no writer.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn forget(vma: &mut VmaWriteGuard<'_>) -> usize {
    vma.swap_readahead_info()
}
