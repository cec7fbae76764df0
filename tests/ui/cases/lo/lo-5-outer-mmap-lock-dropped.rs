// SPDX-License-Identifier: GPL-2.0-only
// LO-5: of two mmap locks the outer one is held for as long as the inner one.
//@lock: mmap_write_lock_nested

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::mmap::{MmGuard, Write};

fn f(mut outer: MmGuard<'_, Write>, child: &MmWithUser) -> Result<usize> {
    let (_, inner) = outer.mmap_write_lock_nested(child)?;
    drop(outer); //~ E0505
    Ok(inner.vmas(0).count())
}
