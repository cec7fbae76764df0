// SPDX-License-Identifier: GPL-2.0-only
// PT-6: an entry is not changed without the lock of its table.
//@in-tree
//@lock: VmaRead

use kernel::prelude::*;
use mmguard::{builtin::young::StaleTlb, table::PmdEntry, vma::lock::VmaRead};

fn clear(pmd: PmdEntry<'_, VmaRead>, stale: &mut StaleTlb<'_, VmaRead>) -> Result<bool> {
    pmd.test_and_clear_young(stale) //~ E0599
}
