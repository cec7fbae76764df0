// SPDX-License-Identifier: GPL-2.0-only
// VF-7: `vm_file` is set once at the initial map, and has no writer.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn detach(vma: &mut VmaWriteGuard<'_>) -> bool {
    vma.set_file(None); //~ E0599
    vma.has_file()
}
