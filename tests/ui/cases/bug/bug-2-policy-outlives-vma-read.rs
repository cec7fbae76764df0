// SPDX-License-Identifier: GPL-2.0-only
// BUG-2: CVE-2023-4611: a policy used without a reference once its VMA is unlocked.
//@in-tree
//@lock: lock_vma_under_rcu

use kernel::prelude::*;
use mmguard::{builtin::mempolicy::vm_policy, order::LockContext};

fn mode(ctx: &mut LockContext<'_>, addr: usize) -> Result<u16> {
    let vma = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?;
    let policy = vm_policy(&vma).ok_or(ENOENT)?;
    drop(vma); //~ E0505
    Ok(policy.mode())
}
