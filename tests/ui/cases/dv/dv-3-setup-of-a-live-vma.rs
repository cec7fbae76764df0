// SPDX-License-Identifier: GPL-2.0-only
// DV-3: a VMA is given to an object while it is set up, and not later.
//@driver: VmaNew

use kernel::{mm::virt::VmaNew, prelude::*, sync::ArcBorrow};
use mmguard::driver::{object::VmObject, ops::VmOperations, setup::Setup};
use mmguard::{mmap::Write, vma::Vma};

type Object<'a, T> = ArcBorrow<'a, VmObject<T>>;

fn mmap<T: VmOperations>(object: Object<'_, T>, live: &Vma<'_, Write>, vma: &VmaNew) -> Result {
    let _ = (live.start(), vma.start());
    Setup::new(live).map(object) //~ E0308
}
