// SPDX-License-Identifier: GPL-2.0-only
// VF-14: who a VMA is registered with is userfaultfd's to write, and has no writer.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn unregister(vma: &mut VmaWriteGuard<'_>) -> bool {
    vma.userfaultfd_set_ctx(None); //~ E0599
    vma.has_userfaultfd_ctx()
}
