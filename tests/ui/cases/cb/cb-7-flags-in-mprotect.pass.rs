// SPDX-License-Identifier: GPL-2.0-only
// CB-7: a VMA is not modified by its driver in `mprotect`.
//@check-pass

use core::ops::Range;
use kernel::{mm::virt::{flags, vm_flags_t}, prelude::*, sync::ArcBorrow};
use mmguard::{driver::{object::VmObject, ops::VmOperations}, mmap::Write, vma::Vma};

type Object<'a, T> = ArcBorrow<'a, VmObject<T>>;

fn mprotect<T: VmOperations>(_: Object<'_, T>, _: &Vma<'_, Write>, _: Range<usize>, new: vm_flags_t) -> Result {
    if new & flags::EXEC != 0 {
        return Err(EACCES);
    }
    Ok(())
}
