// SPDX-License-Identifier: GPL-2.0-only
// AQ-24: the last user reference of an mm is not dropped under a lock of it.
//@lock: StableGuard

use kernel::{mm::MmWithUser, prelude::*, sync::aref::ARef};
use mmguard::order::LockContext;

struct Subject(ARef<MmWithUser>);

fn user(subject: &Subject) -> &MmWithUser {
    &subject.0
}

fn switch(subject: &mut Subject, next: Subject, addr: usize) -> Result {
    let mut ctx = LockContext::new(user(subject));
    let _vma = ctx.stabilise(addr)?;
    *subject = next; //~ E0506
    Ok(())
}
