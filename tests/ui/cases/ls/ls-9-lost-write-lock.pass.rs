// SPDX-License-Identifier: GPL-2.0-only
// LS-9: the type of a VMA says which lock holds it, and no conversion erases that.
//@check-pass

use mmguard::vma::{lock::{VmaWrite, VmaWriteGuard}, Vma};

fn as_write<'a>(vma: &'a VmaWriteGuard<'_>) -> &'a Vma<'a, VmaWrite> {
    vma
}
