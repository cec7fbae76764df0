// SPDX-License-Identifier: GPL-2.0-only
// DV-13: user memory is not accessed in a scope that is older than the lock.
//@check-pass

use kernel::prelude::*;
use mmguard::order::{uaccess::{OrderedUserSliceReader, OrderedUserSliceWriter}, LockContext};

fn one(ctx: &mut LockContext<'_>, user: &mut OrderedUserSliceReader) -> Result {
    let mm = ctx.mmap_read_lock();
    drop(mm);
    user.read::<usize>(ctx)?;
    Ok(())
}

fn some(ctx: &mut LockContext<'_>, user: &mut OrderedUserSliceReader, out: &mut [u8]) -> Result {
    let mm = ctx.mmap_read_lock();
    drop(mm);
    user.read_slice(ctx, out)?;
    Ok(())
}

fn all(ctx: &mut LockContext<'_>, user: OrderedUserSliceReader, out: &mut KVec<u8>) -> Result {
    let mm = ctx.mmap_read_lock();
    drop(mm);
    user.read_all(ctx, out, GFP_KERNEL)?;
    Ok(())
}

fn write(ctx: &mut LockContext<'_>, user: &mut OrderedUserSliceWriter, data: &[u8]) -> Result {
    let mm = ctx.mmap_read_lock();
    drop(mm);
    user.write_slice(ctx, data)?;
    Ok(())
}
