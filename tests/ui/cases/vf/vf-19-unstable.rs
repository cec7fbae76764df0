// SPDX-License-Identifier: GPL-2.0-only
// VF-19: `vm_lock_seq` is unstable under RCU: a hint, and no answer.
//@in-tree
//@lock: RcuVma

use mmguard::vma::rcu::RcuVma;

fn seq(vma: &RcuVma<'_>) -> u32 {
    vma.vm_lock_seq() //~ E0308
}
