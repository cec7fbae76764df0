// SPDX-License-Identifier: GPL-2.0-only
// LO-5: of two mmap locks the outer one is held for as long as the inner one.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::mmap::{MmGuard, Write};

fn f(mut outer: MmGuard<'_, Write>, child: &MmWithUser) -> Result<usize> {
    let (_, inner) = outer.mmap_write_lock_nested(child)?;
    let count = inner.vmas(0).count();
    drop(inner);
    Ok(count)
}
