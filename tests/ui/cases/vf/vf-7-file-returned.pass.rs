// SPDX-License-Identifier: GPL-2.0-only
// VF-7: the file of a VMA outlives the lock by a reference of its own only.
//@check-pass

use kernel::{fs::LocalFile, prelude::*, sync::aref::ARef};
use mmguard::order::LockContext;

type Counted = ARef<LocalFile>;

fn file(ctx: &mut LockContext<'_>, addr: usize) -> Result<Counted> {
    ctx.stabilise(addr)?.file().map(Counted::from).ok_or(EBADF)
}
