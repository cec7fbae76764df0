// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: an RCU read section ends in the task that began it.
//@lock: RcuSection

use mmguard::vma::rcu::RcuSection;

fn to_other_task(_: &dyn Send) {}

fn send(rcu: RcuSection<'_>) {
    to_other_task(&rcu); //~ E0277
}
