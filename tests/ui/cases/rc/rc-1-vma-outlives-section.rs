// SPDX-License-Identifier: GPL-2.0-only
// RC-1: an RCU-only reference to a VMA lives inside the RCU section.
//@lock: RcuSection

use kernel::mm::Mm;
use mmguard::vma::rcu::RcuSection;

fn is_of(rcu: RcuSection<'_>, mm: &Mm, addr: usize) -> bool {
    let vma = rcu.vma_lookup(addr);
    drop(rcu); //~ E0505
    vma.is_some_and(|vma| vma.belongs_to(mm).hint())
}
