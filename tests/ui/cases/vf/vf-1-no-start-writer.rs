// SPDX-License-Identifier: GPL-2.0-only
// VF-1: `vm_start` needs the reverse-mapping locks too, so it has no writer here.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn grow(vma: &mut VmaWriteGuard<'_>, start: usize) -> bool {
    vma.set_start(start); //~ E0599
    vma.start() == start
}
