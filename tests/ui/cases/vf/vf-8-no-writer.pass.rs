// SPDX-License-Identifier: GPL-2.0-only
// VF-8: `vm_ops` is set at the initial map, and has no writer.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn disown(vma: &mut VmaWriteGuard<'_>) -> bool {
    vma.is_anonymous()
}
