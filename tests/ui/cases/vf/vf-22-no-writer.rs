// SPDX-License-Identifier: GPL-2.0-only
// VF-22: the anonymous page offset is a key of the `anon_vma` tree, and has no writer.
//@in-tree
//@lock: VmaWriteAllGuard

use mmguard::builtin::rmap::VmaWriteAllGuard;

fn shift(vma: &mut VmaWriteAllGuard<'_>) -> usize {
    vma.vma_set_anon_pgoff(0); //~ E0599
    vma.anon_pgoff()
}
