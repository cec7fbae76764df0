// SPDX-License-Identifier: GPL-2.0-only

// error: E0505

//! A VMA is written after the downgrade.

use kernel::mm::MmapWriteGuard;

/// As `write`, with its last two lines the other way round.
pub fn write(mut guard: MmapWriteGuard<'_>, addr: usize) {
    if let Some(mut vma) = guard.vma_start_write(addr) {
        drop(guard.downgrade());
        vma.set_dontdump();
    }
}
