// SPDX-License-Identifier: GPL-2.0-only
// PT-9: who may see page frame numbers is asked, and not told.
//@check-pass

use kernel::{prelude::*, types::NotThreadSafe};
use mmguard::{mmap::Read, order::rights::SeesPfns, table::pmd_lock::PmdLockGuard};

fn pfn(pmd: &PmdLockGuard<'_, Read>, _nts: NotThreadSafe) -> Result<Option<usize>> {
    Ok(PmdLockGuard::get(pmd).pfn(&SeesPfns::current_task()?))
}
