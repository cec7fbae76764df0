// SPDX-License-Identifier: GPL-2.0-only
// PT-1: page tables are walked under a lock of the VMA, and RCU is none.
//@lock: RcuVma

use kernel::prelude::*;
use mmguard::vma::{pair::VmaPair, rcu::RcuVma};

fn walk(vma: &RcuVma<'_>, pair: &VmaPair<'_>) -> Result<bool> {
    Ok(vma.tables()?.pmd_entry(0).is_ok() || pair.first().tables()?.pmd_entry(0).is_ok()) //~ E0599
}
