// SPDX-License-Identifier: GPL-2.0-only
// VF-2: the page offset is a key of the trees that the VMA is in, and has no writer.
//@in-tree
//@lock: VmaWriteAllGuard

use mmguard::builtin::rmap::VmaWriteAllGuard;

fn shift(vma: &mut VmaWriteAllGuard<'_>) -> Option<usize> {
    vma.set_vm_pgoff(0); //~ E0599
    vma.pgoff()
}
