// SPDX-License-Identifier: GPL-2.0-only
// VF-1: `vm_end` needs the reverse-mapping locks too, so it has no writer here.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn grow(vma: &mut VmaWriteGuard<'_>, end: usize) -> bool {
    vma.set_end(end); //~ E0599
    vma.end() == end
}
