// SPDX-License-Identifier: GPL-2.0-only
// RC-1: under RCU alone no field is offered but those that C marks for it.
//@lock: RcuVma

use kernel::mm::virt::flags;
use mmguard::vma::rcu::RcuVma;

fn is_writable(vma: &RcuVma<'_>) -> bool {
    vma.flags() & flags::WRITE != 0 //~ E0599
}
