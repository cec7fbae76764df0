// SPDX-License-Identifier: GPL-2.0-only
// AQ-13: the nested form takes a second mm's write lock under the write lock of a first.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::mmap::{MmGuard, Write};

fn both(outer: &mut MmGuard<'_, Write>, child: &MmWithUser) -> Result<usize> {
    let (_, inner) = MmGuard::<Write>::mmap_write_lock_nested(outer, child)?;
    Ok(inner.vmas(0).count())
}
