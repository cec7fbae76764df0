// SPDX-License-Identifier: GPL-2.0-only
// AQ-13: the nested form takes a second mm's write lock under the write lock of a first.
//@lock: mmap_write_lock_nested

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::mmap::{MmGuard, Read};

fn both(outer: &mut MmGuard<'_, Read>, child: &MmWithUser) -> Result<usize> {
    let (_, inner) = MmGuard::<Read>::mmap_write_lock_nested(outer, child)?; //~ E0599
    Ok(inner.vmas(0).count())
}
