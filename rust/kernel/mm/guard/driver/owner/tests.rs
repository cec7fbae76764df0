// SPDX-License-Identifier: GPL-2.0-only

//! Tests of how a driver tells its own VMAs from others.

use crate::{
    bindings,
    mm::guard::{
        driver::owner::VmaOwner,
        order::LockContext,
        tests::fixture::*,
        vma::lock::VmaWriteGuard, //
    }, //
};
use core::ptr;
use kernel::{
    mm::virt::{
        flags,
        VmaNew, //
    },
    prelude::*, //
};

static OURS: VmaOwner<u8> = VmaOwner::new();
static OTHERS: VmaOwner<u8> = VmaOwner::new();

/// Lets a function set an anonymous VMA up as `mmap` of a driver does, and makes it anonymous
/// again.
fn set_up<R>(vma: &VmaWriteGuard<'_>, f: impl FnOnce(&VmaNew) -> R) -> R {
    let vma: *mut bindings::vm_area_struct = vma.as_ptr();
    // SAFETY: The VMA is write-locked, so nobody else reads these fields of it.
    let result = f(unsafe { VmaNew::from_raw(vma) });
    // SAFETY: As above. An anonymous VMA has neither.
    unsafe {
        (*vma).vm_ops = ptr::null();
        (*vma).vm_private_data = ptr::null_mut();
    }
    result
}

#[kunit_tests(mmguard_owner)]
mod suite {
    use super::*;

    #[test]
    fn vma_is_known_by_mark_and_owner() -> Result {
        let mm = TestMm::empty()?;
        mm.map(BASE, 1, PROT_READ)?;
        let owners = [0u8; 2];
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let vma = guard.vma_start_write(BASE)?;
        expect!(!OURS.owns(&vma, &owners[0]));
        // What the private data of an unmarked one is.
        expect!(!OURS.owns(&vma, ptr::null()));
        let [ours, others, of_other] = set_up(&vma, |new| {
            OURS.mark(new, &owners[0]);
            [
                OURS.owns(&vma, &owners[0]),
                OTHERS.owns(&vma, &owners[0]),
                OURS.owns(&vma, &owners[1]),
            ]
        });
        expect!(ours && !others && !of_other);
        expect!(vma.flags() & flags::DONTEXPAND != 0);
        expect!(!OURS.owns(&vma, &owners[0]));
        Ok(())
    }
}
