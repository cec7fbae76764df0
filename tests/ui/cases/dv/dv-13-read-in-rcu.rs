// SPDX-License-Identifier: GPL-2.0-only
// DV-13: user memory is not accessed in an RCU section.
//@lock: RcuSection

use kernel::prelude::*;
use mmguard::order::{uaccess::OrderedUserSliceReader, LockContext};

fn ioctl(ctx: &mut LockContext<'_>, user: &mut OrderedUserSliceReader) -> Result<u64> {
    let mut rcu = ctx.rcu_read_lock();
    user.read(&mut rcu) //~ E0277
}
