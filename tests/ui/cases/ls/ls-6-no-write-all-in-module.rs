// SPDX-License-Identifier: GPL-2.0-only
// LS-6: a module cannot take all locks of the reverse mappings: there is no such guard.
//@module-only
//@lock: VmaWriteAllGuard

use mmguard::builtin::rmap::VmaWriteAllGuard; //~ E0433

fn size(vma: &VmaWriteAllGuard<'_>) -> usize {
    vma.end() - vma.start()
}
