// SPDX-License-Identifier: GPL-2.0-only
// DV-11: to take pages back takes the `i_mmap` lock, so it is not held.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::driver::{kind::Pages, object::LockedObject, ops::VmOperations};
use mmguard::{order::NothingHeld, rmap::i_mmap::i_mmap_lock_read};

type Locked<'a, T> = LockedObject<'a, T>;

fn revoke<T: VmOperations<Kind = Pages>>(locked: &Locked<'_, T>, nothing: &mut NothingHeld, file: &LocalFile) {
    let i_mmap = i_mmap_lock_read(nothing, file);
    drop(i_mmap);
    locked.revoke(nothing, 0..1);
}
