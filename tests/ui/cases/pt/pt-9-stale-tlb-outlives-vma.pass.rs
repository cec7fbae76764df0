// SPDX-License-Identifier: GPL-2.0-only
// PT-9: what the TLBs have cached of a VMA is flushed before the VMA is unlocked.
//@in-tree
//@check-pass

use mmguard::vma::lock::VmaReadGuard;

fn flush(vma: VmaReadGuard<'_>) {
    let stale = vma.stale_tlb();
    stale.flush();
    drop(vma);
}
