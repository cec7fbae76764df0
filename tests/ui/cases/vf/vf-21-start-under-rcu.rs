// SPDX-License-Identifier: GPL-2.0-only
// VF-21: no range is read under RCU alone: a freed VMA has the allocator's pointer there.
//@lock: RcuVma

use mmguard::vma::rcu::RcuVma;

fn start(vma: &RcuVma<'_>) -> usize {
    vma.start() //~ E0599
}
