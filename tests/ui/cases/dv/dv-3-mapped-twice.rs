// SPDX-License-Identifier: GPL-2.0-only
// DV-3: a VMA is given to one object.
//@driver: Setup

use kernel::{mm::virt::VmaNew, prelude::*, sync::ArcBorrow};
use mmguard::driver::{object::VmObject, ops::VmOperations, setup::Setup};

type Object<'a, T> = ArcBorrow<'a, VmObject<T>>;

fn mmap<T: VmOperations>(one: Object<'_, T>, other: Object<'_, T>, vma: &VmaNew) -> Result {
    let setup = Setup::new(vma);
    let len = setup.pages()?.len();
    Setup::map(setup, if len == 1 { other } else { one })?;
    setup.map(other) //~ E0382
}
