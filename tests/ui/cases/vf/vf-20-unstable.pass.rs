// SPDX-License-Identifier: GPL-2.0-only
// VF-20: `vm_refcnt` is unstable under RCU: a hint, and no answer.
//@in-tree
//@check-pass

use mmguard::vma::rcu::RcuVma;

fn count(vma: &RcuVma<'_>) -> u32 {
    vma.vm_refcnt().hint()
}
