// SPDX-License-Identifier: GPL-2.0-only
// RC-1: an RCU-only reference to a VMA lives inside the RCU section.
//@check-pass

use mmguard::vma::rcu::{RcuSection, RcuVma};

fn find<'a>(rcu: &'a RcuSection<'_>, addr: usize) -> Option<RcuVma<'a>> {
    rcu.vma_lookup(addr)
}
