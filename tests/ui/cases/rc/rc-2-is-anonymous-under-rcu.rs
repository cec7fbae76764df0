// SPDX-License-Identifier: GPL-2.0-only
// RC-2: whether a VMA is anonymous is asked after it is locked.
//@lock: RcuVma

use mmguard::vma::rcu::RcuVma;

fn is_anonymous(vma: &RcuVma<'_>) -> bool {
    vma.is_anonymous() //~ E0599
}
