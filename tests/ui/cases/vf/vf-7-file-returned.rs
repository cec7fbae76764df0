// SPDX-License-Identifier: GPL-2.0-only
// VF-7: the file of a VMA outlives the lock by a reference of its own only.
//@lock: stabilise

use kernel::{fs::LocalFile, prelude::*, sync::aref::ARef};
use mmguard::order::LockContext;

type Counted = ARef<LocalFile>;

fn file<'a>(ctx: &'a mut LockContext<'_>, addr: usize) -> Result<&'a LocalFile> {
    ctx.stabilise(addr)?.file().ok_or(EBADF) //~ E0515
}
