// SPDX-License-Identifier: GPL-2.0-only
// RC-1: an RCU-only reference to a VMA lives inside the RCU section.
//@lock: rcu_read_lock

use mmguard::{order::LockContext, vma::rcu::RcuVma};

fn find<'a>(ctx: &'a mut LockContext<'_>, addr: usize) -> Option<RcuVma<'a>> {
    ctx.rcu_read_lock().vma_lookup(addr) //~ E0515
}
