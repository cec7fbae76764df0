// SPDX-License-Identifier: GPL-2.0-only
// AQ-24: the last user reference of an mm is not dropped under a lock of it.
//@check-pass

use kernel::{mm::MmWithUser, sync::aref::ARef};
use mmguard::order::LockContext;

struct Subject(ARef<MmWithUser>);

fn user(subject: &Subject) -> &MmWithUser {
    &subject.0
}

fn switch(subject: &mut Subject, next: Subject) {
    let mut ctx = LockContext::new(user(subject));
    drop(ctx.mmap_read_lock());
    *subject = next;
}
