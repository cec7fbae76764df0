// SPDX-License-Identifier: GPL-2.0-only
// RC-1: an RCU-only reference to a VMA is none to a stable one.
//@lock: RcuVma

use mmguard::{order::rights::Stabilises, vma::{rcu::RcuVma, Vma}};

fn size<L: Stabilises>(vma: &Vma<'_, L>) -> usize {
    vma.end() - vma.start()
}

fn first(vma: &RcuVma<'_>) -> usize {
    size(vma) //~ E0308
}
