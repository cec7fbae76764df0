// SPDX-License-Identifier: GPL-2.0-only
// VF-19: `vm_lock_seq` is the lock's own, and has no writer.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn unlock(vma: &mut VmaWriteGuard<'_>) -> usize {
    vma.start()
}
