// SPDX-License-Identifier: GPL-2.0-only
// CB-6: `mmap_prepare` has a description, not a VMA.
//@check-pass

use kernel::{prelude::*, sync::ArcBorrow};
use mmguard::driver::{object::VmObject, ops::VmOperations, setup::{Setup, VmaDesc}};

type Object<'a, T> = ArcBorrow<'a, VmObject<T>>;

fn mmap_prepare<T: VmOperations>(object: Object<'_, T>, desc: &mut VmaDesc) -> Result {
    Setup::prepare(desc).map(object)
}
