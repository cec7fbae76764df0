// SPDX-License-Identifier: GPL-2.0-only
// LS-6: a module cannot take all locks of the reverse mappings: there is no such guard.
//@module-only
//@lock: VmaWriteAllGuard

use mmguard::rmap::VmaWriteAllGuard; //~ E0432

fn size(vma: &VmaWriteAllGuard<'_>) -> usize {
    vma.end() - vma.start()
}
