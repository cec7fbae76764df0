// SPDX-License-Identifier: GPL-2.0-only
// PT-9: who may see page frame numbers is asked, and not told.
//@lock: PmdLockGuard

use kernel::{prelude::*, types::NotThreadSafe};
use mmguard::{mmap::Read, order::rights::SeesPfns, table::pmd_lock::PmdLockGuard};

fn pfn(pmd: &PmdLockGuard<'_, Read>, _nts: NotThreadSafe) -> Result<Option<usize>> {
    Ok(PmdLockGuard::get(pmd).pfn(&SeesPfns(_nts))) //~ E0423
}
