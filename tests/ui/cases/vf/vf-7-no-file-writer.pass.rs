// SPDX-License-Identifier: GPL-2.0-only
// VF-7: `vm_file` is set once at the initial map, and has no writer.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn detach(vma: &mut VmaWriteGuard<'_>) -> bool {
    vma.has_file()
}
