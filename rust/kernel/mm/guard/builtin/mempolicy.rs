// SPDX-License-Identifier: GPL-2.0-only

//! The NUMA memory policy of a VMA.
//!
//! A page fault reads `vm_policy` under the VMA read lock, without a reference. So it is replaced
//! under the VMA write lock (CVE-2023-4611 was a policy replaced without).
//!
//! Not for modules: policies are core mm's.
//!
//! C header: [`include/linux/mempolicy.h`](srctree/include/linux/mempolicy.h)

use crate::{
    bindings,
    mm::guard::{
        order::{
            level::{
                After,
                FolioLock, //
            },
            rights::{
                MayWriteMost,
                Stabilises, //
            },
            LockScope, //
        },
        vma::Vma, //
    }, //
};
use core::{
    mem::ManuallyDrop,
    ops::Deref,
    ptr::{
        null_mut,
        NonNull, //
    },
};
use kernel::{
    error::from_err_ptr,
    prelude::*,
    types::Opaque, //
};

/// A `struct mempolicy`.
///
/// It gives no further reference: its nodes are changed in place when those of a task are, under
/// the locks of the VMA that has it. [`dup_vm_policy`] makes a copy that nobody else has.
#[repr(transparent)]
pub struct Mempolicy(Opaque<bindings::mempolicy>);

impl Mempolicy {
    /// The mode, such as `MPOL_BIND`.
    #[inline]
    pub fn mode(&self) -> u16 {
        // SAFETY: The policy is borrowed, so it is valid. Its mode is written only when it is made.
        unsafe { (*self.0.get()).mode }
    }
}

/// A policy that no VMA and no task has.
///
/// # Invariants
///
/// The value has the one reference to the policy.
pub struct OwnedMempolicy(NonNull<Mempolicy>);

impl OwnedMempolicy {
    /// Takes over a policy.
    ///
    /// # Safety
    ///
    /// The policy must be valid, and its one reference goes to the result.
    #[inline]
    pub unsafe fn from_raw(policy: NonNull<bindings::mempolicy>) -> Self {
        // INVARIANT: By the safety requirements.
        Self(policy.cast())
    }
}

impl Deref for OwnedMempolicy {
    type Target = Mempolicy;

    #[inline]
    fn deref(&self) -> &Self::Target {
        // SAFETY: By the type invariants, the policy is valid.
        unsafe { self.0.as_ref() }
    }
}

impl Drop for OwnedMempolicy {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, the value has the one reference, and gives it back here.
        unsafe { bindings::__mpol_put(self.0.as_ptr().cast()) };
    }
}

/// The policy of a VMA, if it has one of its own (`vm_policy`).
#[inline]
pub fn vm_policy<'a, L: Stabilises>(vma: &'a Vma<'_, L>) -> Option<&'a Mempolicy> {
    // SAFETY: The VMA is stable, and holds a reference to its policy. Writers of the field hold the
    // VMA write lock, and `set_vm_policy` borrows the VMA exclusively. So the policy is not
    // replaced for `'a`.
    unsafe { (*vma.as_ptr()).vm_policy.cast::<Mempolicy>().as_ref() }
}

/// Copies the policy of a VMA, if it has one of its own.
///
/// Sleeps, and may wait for memory: so no lock is held that reclaim takes. C: `mpol_dup()`.
///
/// # Errors
///
/// `ENOMEM` if there is no memory.
#[inline]
pub fn dup_vm_policy<G: LockScope, L: Stabilises>(
    _held: &mut G,
    vma: &Vma<'_, L>,
) -> Result<Option<OwnedMempolicy>>
where
    FolioLock: After<G::Innermost>,
{
    let Some(policy) = vm_policy(vma) else {
        return Ok(None);
    };
    // SAFETY: The policy is valid. The VMA is stable, and its policy's nodes are changed under the
    // VMA write lock.
    let copy = from_err_ptr(unsafe { bindings::__mpol_dup(policy.0.get()) })?;
    // SAFETY: The copy is new, with one reference.
    Ok(NonNull::new(copy).map(|copy| unsafe { OwnedMempolicy::from_raw(copy) }))
}

/// Gives a VMA a policy, or takes its own away.
///
/// Does not sleep. C: `vma_replace_policy()` of `mm/mempolicy.c`.
///
/// # Errors
///
/// `EINVAL` if the VMA is not anonymous: a policy of shared memory is kept elsewhere.
#[inline]
pub fn set_vm_policy<L: MayWriteMost>(
    vma: &mut Vma<'_, L>,
    policy: Option<OwnedMempolicy>,
) -> Result {
    if !vma.is_anonymous() {
        return Err(EINVAL);
    }
    let new = policy.map_or(null_mut(), |policy| {
        ManuallyDrop::new(policy).0.as_ptr().cast()
    });
    // SAFETY: By the bound, the VMA is write-locked, so nobody else writes the field, and nobody
    // uses the policy without a reference of its own. C may load the field without a lock, hence
    // the volatile store, as in `vma_replace_policy()`. The reference to the old policy was the
    // VMA's.
    unsafe {
        let field = &raw mut (*vma.as_ptr()).vm_policy;
        let old = field.read();
        field.write_volatile(new);
        if !old.is_null() {
            bindings::__mpol_put(old);
        }
    }
    Ok(())
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
