// SPDX-License-Identifier: GPL-2.0-only
// VF-18: `anon_vma` has no writer that unsets it, all locks notwithstanding.
//@in-tree
//@lock: VmaWriteAllGuard

use mmguard::builtin::rmap::VmaWriteAllGuard;

fn unlink(vma: &mut VmaWriteAllGuard<'_>) -> bool {
    vma.unlink_anon_vmas(); //~ E0599
    vma.has_anon_vma()
}
