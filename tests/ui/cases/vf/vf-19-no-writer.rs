// SPDX-License-Identifier: GPL-2.0-only
// VF-19: `vm_lock_seq` is the lock's own, and has no writer.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn unlock(vma: &mut VmaWriteGuard<'_>) -> usize {
    vma.write_vm_lock_seq(0); //~ E0599
    vma.start()
}
