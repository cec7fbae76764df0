// SPDX-License-Identifier: GPL-2.0-only

// error: E0599

//! A VMA is locked for writing under the mmap read lock.

use kernel::mm::MmapReadGuard;

/// As `write`, under the other lock.
pub fn write(mut guard: MmapReadGuard<'_>, addr: usize) {
    if let Some(mut vma) = guard.vma_start_write(addr) {
        vma.set_dontdump();
    }
}
