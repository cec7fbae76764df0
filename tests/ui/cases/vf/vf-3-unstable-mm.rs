// SPDX-License-Identifier: GPL-2.0-only
// VF-3: under RCU alone `vm_mm` is unstable: a hint, and no answer.
//@lock: RcuVma

use kernel::mm::Mm;
use mmguard::vma::rcu::RcuVma;

fn is_of(vma: &RcuVma<'_>, mm: &Mm) -> bool {
    vma.belongs_to(mm) //~ E0308
}
