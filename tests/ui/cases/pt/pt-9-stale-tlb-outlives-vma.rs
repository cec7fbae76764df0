// SPDX-License-Identifier: GPL-2.0-only
// PT-9: what the TLBs have cached of a VMA is flushed before the VMA is unlocked.
//@in-tree
//@lock: VmaReadGuard

use mmguard::vma::lock::VmaReadGuard;

fn flush(vma: VmaReadGuard<'_>) {
    let stale = vma.stale_tlb();
    drop(vma); //~ E0505
    stale.flush();
}
