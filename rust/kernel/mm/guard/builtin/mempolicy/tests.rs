// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the memory policy of a VMA.

use crate::{
    bindings,
    mm::guard::{
        builtin::mempolicy::{
            dup_vm_policy,
            set_vm_policy,
            vm_policy,
            Mempolicy,
            OwnedMempolicy, //
        },
        order::{
            LockContext,
            LockScope, //
        },
        tests::fixture::*, //
    }, //
};
use core::ptr::{
    null_mut,
    NonNull, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

// From `include/uapi/linux/mempolicy.h`.
const MPOL_BIND: u16 = 2;
const MPOL_INTERLEAVE: u16 = 3;

/// Makes a policy, from what a mount option of tmpfs would have.
fn policy(text: &CStr) -> Result<OwnedMempolicy> {
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
    Ok(unsafe { OwnedMempolicy::from_raw(policy) })
}

/// A reference that the test has, so that it sees what becomes of the others.
struct Watched(*mut bindings::mempolicy);

impl Watched {
    fn new(policy: &Mempolicy) -> Self {
        let policy = core::ptr::from_ref(policy).cast_mut().cast();
        Self(policy).add(1)
    }

    fn count(&self) -> &Atomic<i32> {
        // SAFETY: The policy is valid, and its count is accessed atomically.
        unsafe { Atomic::from_ptr(&raw mut (*self.0).refcnt.counter) }
    }

    fn add(self, count: i32) -> Self {
        self.count().add(count, Relaxed);
        self
    }

    /// How many references others have.
    fn others(&self) -> i32 {
        self.count().load(Relaxed) - 1
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // SAFETY: This gives back the reference of the test.
        unsafe { bindings::__mpol_put(self.0) };
    }
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
        let given: *const Mempolicy = &*bind;
        set_vm_policy(&mut vma, Some(bind))?;
        expect!(vma.has_policy());
        drop(guard);

        let mut stable = ctx.stabilise(BASE)?;
        let (vma, mut scope) = stable.split();
        let set = vm_policy(vma).ok_or(EINVAL)?;
        expect!(set.mode() == MPOL_BIND && core::ptr::eq(set, given));
        let copy = dup_vm_policy(&mut scope, vma)?.ok_or(EINVAL)?;
        expect!(copy.mode() == MPOL_BIND && !core::ptr::eq(&*copy, given));
        drop(stable);
        // The memory is used by it.
        mm.touch(BASE, 3)?;

        let mut guard = ctx.mmap_write_lock();
        set_vm_policy(&mut *guard.vma_start_write(BASE)?, None)?;
        drop(guard);
        let vma = ctx.stabilise(BASE)?;
        expect!(vm_policy(&vma).is_none() && !vma.has_policy());
        drop(vma);
        let mut stable = ctx.stabilise(BASE)?;
        let (vma, mut scope) = stable.split();
        expect!(dup_vm_policy(&mut scope, vma)?.is_none());
        Ok(())
    }

    #[test]
    fn references_balance() -> Result {
        let mm = TestMm::new()?;
        let (bind, interleave) = (policy(c"bind:0")?, policy(c"interleave:0")?);
        expect!(interleave.mode() == MPOL_INTERLEAVE);
        let (first, second) = (Watched::new(&bind), Watched::new(&interleave));
        expect!(first.others() == 1);
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;

        set_vm_policy(&mut vma, Some(bind))?;
        expect!(first.others() == 1);
        // The one that is replaced loses the VMA's.
        set_vm_policy(&mut vma, Some(interleave))?;
        expect!(first.others() == 0 && second.others() == 1);
        expect!(vm_policy(&vma).ok_or(EINVAL)?.mode() == MPOL_INTERLEAVE);
        set_vm_policy(&mut vma, None)?;
        expect!(second.others() == 0);
        set_vm_policy(&mut vma, None)?;
        expect!(second.others() == 0);

        // Unmapping gives the VMA's back too.
        let bind = policy(c"bind:0")?;
        let third = Watched::new(&bind);
        set_vm_policy(&mut vma, Some(bind))?;
        drop(guard);
        expect!(third.others() == 1);
        mm.unmap(BASE, 3)?;
        expect!(third.others() == 0);
        Ok(())
    }

    #[test]
    fn file_has_its_own_policies() -> Result {
        let mm = TestMm::new()?;
        let file = test_file(1)?;
        let mut ctx = LockContext::new(&mm);
        for sharing in [Sharing::Shared, Sharing::Private] {
            let addr = BASE + 4 * PAGE_SIZE;
            mm.map_file(addr, 1, sharing, &file, 0)?;
            let bind = policy(c"bind:0")?;
            let watched = Watched::new(&bind);
            let mut guard = ctx.mmap_write_lock();
            let mut vma = guard.vma_start_write(addr)?;
            expect!(set_vm_policy(&mut vma, Some(bind)) == Err(EINVAL));
            expect!(watched.others() == 0);
            expect!(set_vm_policy(&mut vma, None) == Err(EINVAL));
            expect!(vm_policy(&vma).is_none());
        }
        Ok(())
    }
}
