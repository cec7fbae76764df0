// SPDX-License-Identifier: GPL-2.0-only
// PT-1: where nothing is locked, there are no page tables.
//@lock: LockContext

use kernel::prelude::*;
use mmguard::order::LockContext;

fn walk(ctx: &mut LockContext<'_>, addr: usize) -> Result<bool> {
    Ok(ctx.tables()?.pmd_entry(addr).is_ok()) //~ E0599
}
