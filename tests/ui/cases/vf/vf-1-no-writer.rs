// SPDX-License-Identifier: GPL-2.0-only
// VF-1: the range is a key of the trees that the VMA is in, and has no writer.
//@in-tree
//@lock: VmaWriteAllGuard

use mmguard::builtin::rmap::VmaWriteAllGuard;

fn shift(vma: &mut VmaWriteAllGuard<'_>) -> usize {
    vma.vma_set_range(0, 4096, 0); //~ E0599
    vma.start()
}
