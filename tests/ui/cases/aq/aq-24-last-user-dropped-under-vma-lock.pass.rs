// SPDX-License-Identifier: GPL-2.0-only
// AQ-24: the last user reference of an mm is not dropped under a lock of it.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*, sync::aref::ARef};
use mmguard::*;

struct Session(ARef<MmWithUser>);

fn user(session: &Session) -> &MmWithUser {
    &session.0
}

fn switch(session: &mut Session, next: Session, addr: usize) -> Result {
    let mut ctx = LockContext::new(user(session));
    drop(ctx.stabilise(addr)?);
    *session = next;
    Ok(())
}
