// SPDX-License-Identifier: GPL-2.0-only

// error: E0599

//! The VMA of somebody else is zapped.

use kernel::mm::virt::VmaRef;

/// As `zap`, without asking whose it is.
pub fn zap(vma: &VmaRef) {
    vma.zap_vma_range(vma.start(), 4096);
}
