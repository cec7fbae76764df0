// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: an RCU read section ends in the task that began it.
//@check-pass

use mmguard::vma::rcu::RcuSection;

fn to_other_task(_: &dyn Send) {}

fn send(rcu: RcuSection<'_>) {
    to_other_task(&rcu.vma_lookup(0).is_some());
}
