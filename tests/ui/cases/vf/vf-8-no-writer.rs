// SPDX-License-Identifier: GPL-2.0-only
// VF-8: `vm_ops` is set at the initial map, and has no writer.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn disown(vma: &mut VmaWriteGuard<'_>) -> bool {
    vma.set_ops(None); //~ E0599
    vma.is_anonymous()
}
