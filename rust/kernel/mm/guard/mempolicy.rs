// SPDX-License-Identifier: GPL-2.0-only

//! The NUMA memory policy of a VMA.
//!
//! A page fault reads `vm_policy` under the VMA read lock, without a reference. So it is replaced
//! under the VMA write lock (CVE-2023-4611 was a policy replaced without).
//!
//! Not for modules: policies are core mm's.
//!
//! C header: [`include/linux/mempolicy.h`](srctree/include/linux/mempolicy.h)

use super::{
    rights::{
        MayWriteMost,
        Stabilises, //
    },
    Vma, //
};
use crate::bindings;
use core::ptr::{
    null_mut,
    NonNull, //
};
use kernel::{
    error::from_err_ptr,
    prelude::*,
    sync::aref::{
        ARef,
        AlwaysRefCounted, //
    },
    types::Opaque, //
};

/// A `struct mempolicy`.
///
/// # Invariants
///
/// Instances are reference-counted by `mpol_get()` and `mpol_put()`.
#[repr(transparent)]
pub struct Mempolicy(Opaque<bindings::mempolicy>);

impl Mempolicy {
    /// The mode: `MPOL_BIND` and its kin.
    #[inline]
    pub fn mode(&self) -> u16 {
        // SAFETY: The policy is valid, and its mode is set when it is made.
        unsafe { (*self.0.get()).mode }
    }
}

// SAFETY: These take and give back references.
unsafe impl AlwaysRefCounted for Mempolicy {
    #[inline]
    fn inc_ref(&self) {
        // SAFETY: The policy is valid, and has a reference.
        unsafe { bindings::rust_guard_mpol_get(self.0.get()) }
    }

    #[inline]
    unsafe fn dec_ref(obj: NonNull<Self>) {
        // SAFETY: The caller gives up a reference.
        unsafe { bindings::__mpol_put(obj.as_ptr().cast()) }
    }
}

/// The policy of a VMA, if it has one of its own (`vm_policy`).
#[inline]
pub fn vm_policy<'a, L: Stabilises>(vma: &'a Vma<'_, L>) -> Option<&'a Mempolicy> {
    // SAFETY: The VMA is stable, and holds a reference on its policy. Writers hold the VMA write
    // lock, so it stays for as long as the VMA is borrowed.
    unsafe { (*vma.as_ptr()).vm_policy.cast::<Mempolicy>().as_ref() }
}

/// Gives a VMA a policy, a copy of `policy`, or takes its own away.
///
/// Sleeps. C: `mpol_dup()`, and `vma_replace_policy()` of `mm/mempolicy.c`.
///
/// # Errors
///
/// `EINVAL` if the VMA is not anonymous: a policy of shared memory is kept elsewhere; `ENOMEM`.
#[inline]
pub fn set_vm_policy<L: MayWriteMost>(vma: &mut Vma<'_, L>, policy: Option<&Mempolicy>) -> Result {
    if !vma.is_anonymous() {
        return Err(EINVAL);
    }
    let new = match policy {
        // SAFETY: The policy is valid.
        Some(policy) => from_err_ptr(unsafe { bindings::__mpol_dup(policy.0.get()) })?,
        None => null_mut(),
    };
    // SAFETY: By the bound, the VMA is write-locked, so nobody reads the policy without a reference.
    // A lockless look at the field takes either value, hence the volatile store.
    let old = unsafe {
        let field = &raw mut (*vma.as_ptr()).vm_policy;
        let old = field.read();
        field.write_volatile(new);
        old
    };
    if let Some(old) = NonNull::new(old) {
        // SAFETY: The reference of the VMA, which has it no longer.
        drop(unsafe { ARef::<Mempolicy>::from_raw(old.cast()) });
    }
    Ok(())
}
