// SPDX-License-Identifier: GPL-2.0-only
// PT-9: an entry is a value, and tells its page frame number to who may see such numbers.
//@check-pass

use mmguard::{mmap::Read, order::rights::SeesPfns, table::pmd_lock::PmdLockGuard};

fn pfn(pmd: &PmdLockGuard<'_, Read>, who: SeesPfns) -> Option<usize> {
    PmdLockGuard::get(pmd).pfn(&who)
}
