// SPDX-License-Identifier: GPL-2.0-only
// BUG-6: upstream 9bbffee67ffd: an mm that may be freed before its VMA lock is dropped.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*, sync::aref::ARef};
use mmguard::order::LockContext;

struct Subject(ARef<MmWithUser>);

fn user(subject: &Subject) -> &MmWithUser {
    &subject.0
}

fn switch(subject: &mut Subject, next: Subject) -> Result {
    let mut ctx = LockContext::new(user(subject));
    let vma = ctx.lock_vma_under_rcu(0).map_err(|_| EAGAIN)?;
    drop(vma);
    *subject = next;
    Ok(())
}
