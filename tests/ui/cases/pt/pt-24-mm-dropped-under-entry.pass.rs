// SPDX-License-Identifier: GPL-2.0-only
// PT-24: the tables of an mm are looked at while the mm has a user.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*, sync::aref::ARef};
use mmguard::order::LockContext;

struct Subject(ARef<MmWithUser>);

fn user(subject: &Subject) -> &MmWithUser {
    &subject.0
}

fn switch(subject: &mut Subject, next: Subject) -> Result<bool> {
    let mut ctx = LockContext::new(user(subject));
    let vma = ctx.stabilise(0)?;
    let pmd = vma.tables()?.pmd_entry(0);
    let found = pmd.is_ok();
    drop(vma);
    *subject = next;
    Ok(found)
}
