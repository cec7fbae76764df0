// SPDX-License-Identifier: GPL-2.0-only
// VF-22: the anonymous page offset is a key of the `anon_vma` tree, and has no writer.
//@in-tree
//@check-pass

use mmguard::builtin::rmap::VmaWriteAllGuard;

fn shift(vma: &mut VmaWriteAllGuard<'_>) -> usize {
    vma.anon_pgoff()
}
