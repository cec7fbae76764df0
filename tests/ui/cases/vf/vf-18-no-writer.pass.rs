// SPDX-License-Identifier: GPL-2.0-only
// VF-18: `anon_vma` has no writer that unsets it, all locks notwithstanding.
//@in-tree
//@check-pass

use mmguard::builtin::rmap::VmaWriteAllGuard;

fn unlink(vma: &mut VmaWriteAllGuard<'_>) -> bool {
    vma.has_anon_vma()
}
