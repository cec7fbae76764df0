// SPDX-License-Identifier: GPL-2.0-only
// PT-9: the duty to flush is kept.
//@in-tree
//@check-pass

use mmguard::{Vma, VmaRead, VmaReadGuard};

fn flush(vma: VmaReadGuard<'_>) {
    Vma::<'_, VmaRead>::stale_tlb(&vma).leave();
}
