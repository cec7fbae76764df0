// SPDX-License-Identifier: GPL-2.0-only
// VF-20: `vm_refcnt` is the lock's own, and has no writer.
//@lock: RcuVma

use kernel::mm::Mm;
use mmguard::vma::rcu::RcuVma;

fn get(vma: &RcuVma<'_>, mm: &Mm) -> bool {
    vma.get(); //~ E0599
    vma.belongs_to(mm).hint()
}
