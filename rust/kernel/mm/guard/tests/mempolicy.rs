// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the memory policy of a VMA.

use super::super::{
    mempolicy::{
        set_vm_policy,
        vm_policy,
        Mempolicy, //
    },
    LockContext, //
};
use super::fixture::*;
use crate::bindings;
use core::ptr::{
    null_mut,
    NonNull, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*,
    sync::aref::ARef, //
};

// From `include/uapi/linux/mempolicy.h`.
const MPOL_BIND: u16 = 2;
const MPOL_INTERLEAVE: u16 = 3;

/// Makes a policy, from what a mount option of tmpfs would have.
fn policy(text: &CStr) -> Result<ARef<Mempolicy>> {
    let mut buf = [0u8; 16];
    let text = text.to_bytes_with_nul();
    buf[..text.len()].copy_from_slice(text);
    let mut policy = null_mut();
    // SAFETY: The text is a string that may be written to, and the result is written to `policy`.
    if unsafe { bindings::mpol_parse_str(buf.as_mut_ptr(), &mut policy) } != 0 {
        return Err(EINVAL);
    }
    let policy = NonNull::new(policy).ok_or(EINVAL)?;
    // SAFETY: The policy is new, and its one reference goes to the result.
    Ok(unsafe { ARef::from_raw(policy.cast()) })
}

/// How many references a policy has.
fn references(policy: &Mempolicy) -> i32 {
    let policy: *const Mempolicy = policy;
    // SAFETY: The policy is valid. CAST: `Mempolicy` is a transparent wrapper.
    unsafe { (&raw const (*policy.cast::<bindings::mempolicy>()).refcnt.counter).read_volatile() }
}

#[kunit_tests(mmguard_mempolicy)]
mod suite {
    use super::*;

    #[test]
    fn policy_is_set_and_taken_away() -> Result {
        let mm = TestMm::new()?;
        let bind = policy(c"bind:0")?;
        expect!(bind.mode() == MPOL_BIND);
        let mut ctx = LockContext::new(&mm);
        expect!(vm_policy(&*ctx.stabilise(BASE)?).is_none());
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        set_vm_policy(&mut vma, Some(&bind))?;
        expect!(vma.has_policy());
        drop(guard);

        let vma = ctx.stabilise(BASE)?;
        let set = vm_policy(&vma).ok_or(EINVAL)?;
        expect!(set.mode() == MPOL_BIND);
        // It is a copy.
        expect!(!core::ptr::eq(set, &*bind));
        drop(vma);
        // The memory is used by it.
        mm.touch(BASE, 3)?;

        let mut guard = ctx.mmap_write_lock();
        set_vm_policy(&mut *guard.vma_start_write(BASE)?, None)?;
        drop(guard);
        let vma = ctx.stabilise(BASE)?;
        expect!(vm_policy(&vma).is_none() && !vma.has_policy());
        Ok(())
    }

    #[test]
    fn references_balance() -> Result {
        let mm = TestMm::new()?;
        let (bind, interleave) = (policy(c"bind:0")?, policy(c"interleave:0")?);
        expect!(interleave.mode() == MPOL_INTERLEAVE);
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;

        set_vm_policy(&mut vma, Some(&bind))?;
        let first: ARef<Mempolicy> = vm_policy(&vma).ok_or(EINVAL)?.into();
        expect!(references(&first) == 2);
        // The one that is replaced loses the VMA's.
        set_vm_policy(&mut vma, Some(&interleave))?;
        expect!(references(&first) == 1);
        let second: ARef<Mempolicy> = vm_policy(&vma).ok_or(EINVAL)?.into();
        expect!(second.mode() == MPOL_INTERLEAVE);
        expect!(references(&second) == 2);
        set_vm_policy(&mut vma, None)?;
        expect!(references(&second) == 1);
        set_vm_policy(&mut vma, None)?;
        expect!(references(&second) == 1);

        // Unmapping gives the VMA's back too.
        set_vm_policy(&mut vma, Some(&bind))?;
        let third: ARef<Mempolicy> = vm_policy(&vma).ok_or(EINVAL)?.into();
        drop(guard);
        expect!(references(&third) == 2);
        mm.unmap(BASE, 3)?;
        expect!(references(&third) == 1);
        // Those that were copied from have kept theirs.
        expect!(references(&bind) == 1 && references(&interleave) == 1);
        Ok(())
    }

    #[test]
    fn file_has_its_own_policies() -> Result {
        let mm = TestMm::new()?;
        let file = test_file(1)?;
        let bind = policy(c"bind:0")?;
        let mut ctx = LockContext::new(&mm);
        for sharing in [Sharing::Shared, Sharing::Private] {
            let addr = BASE + 4 * PAGE_SIZE;
            mm.map_file(addr, 1, sharing, &file, 0)?;
            let mut guard = ctx.mmap_write_lock();
            let mut vma = guard.vma_start_write(addr)?;
            expect!(set_vm_policy(&mut vma, Some(&bind)) == Err(EINVAL));
            expect!(set_vm_policy(&mut vma, None) == Err(EINVAL));
            expect!(vm_policy(&vma).is_none());
        }
        expect!(references(&bind) == 1);
        Ok(())
    }
}
