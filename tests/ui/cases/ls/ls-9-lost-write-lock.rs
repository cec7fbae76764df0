// SPDX-License-Identifier: GPL-2.0-only
// LS-9: the type of a VMA says which lock holds it, and no conversion erases that.
//@lock: VmaWriteGuard

use mmguard::vma::{lock::{VmaRead, VmaWriteGuard}, Vma};

fn as_read<'a>(vma: &'a VmaWriteGuard<'_>) -> &'a Vma<'a, VmaRead> {
    vma //~ E0308
}
