// SPDX-License-Identifier: GPL-2.0-only

//! The twin of the mistakes here.

use kernel::mm::MmapWriteGuard;

/// Locks a VMA for writing.
pub fn write(mut guard: MmapWriteGuard<'_>, addr: usize) {
    if let Some(mut vma) = guard.vma_start_write(addr) {
        vma.set_dontdump();
        drop(guard.downgrade());
    }
}
