// SPDX-License-Identifier: GPL-2.0-only
// RC-1: an RCU-only reference to a VMA is none to a stable one.
//@check-pass

use mmguard::{order::rights::Stabilises, vma::{lock::VmaReadGuard, Vma}};

fn size<L: Stabilises>(vma: &Vma<'_, L>) -> usize {
    vma.end() - vma.start()
}

fn first(vma: &VmaReadGuard<'_>) -> usize {
    size(vma)
}
