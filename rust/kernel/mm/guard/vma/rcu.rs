// SPDX-License-Identifier: GPL-2.0-only

//! VMAs under RCU alone.
//!
//! RCU keeps the memory of a VMA the memory of some VMA. It may no longer be one of this mm, as the
//! slab cache hands the memory out again (`SLAB_TYPESAFE_BY_RCU`). In free memory the allocator's
//! pointer takes the place of the range (`vm_freeptr` shares it with `vm_start`). So a reference
//! gives no range and no kind. It gives only what C marks for RCU readers, as a hint. What must be
//! true is read after the VMA is locked.
//!
//! `vma_start_read()`, which locks such a reference, is private to `mm/mmap_lock.c`: it gives up
//! RCU when it fails. [`LockContext::lock_vma_under_rcu`] has it built in.
//!
//! C header: [`include/linux/mm_types.h`](srctree/include/linux/mm_types.h)

use crate::{
    bindings,
    mm::guard::{
        order::{
            level::LockLevel,
            rights::stays_with_its_task,
            LockContext, //
        },
        vma::unstable::Unstable, //
    }, //
};
use core::{
    marker::PhantomData,
    ptr::NonNull, //
};
use kernel::{
    mm::{
        Mm,
        MmWithUser, //
    },
    sync::rcu, //
};

/// An RCU read section in which the VMAs of an mm are looked up.
///
/// Nothing may sleep in it. It borrows the context, so no lock of the mm is taken meanwhile. Made
/// by [`LockContext::rcu_read_lock`].
#[must_use = "the RCU read section ends at once if it is not kept"]
pub struct RcuSection<'c> {
    mm: &'c MmWithUser,
    _rcu: rcu::Guard,
}

stays_with_its_task!(RcuSection);

/// A VMA that only RCU keeps in memory.
///
/// # Invariants
///
/// `vma` points at memory that is a VMA's throughout `'r`, within an RCU read section.
pub struct RcuVma<'r> {
    vma: NonNull<bindings::vm_area_struct>,
    _section: PhantomData<&'r RcuSection<'r>>,
}

impl<H: LockLevel> LockContext<'_, H> {
    /// Begins an RCU read section. C: `rcu_read_lock()`.
    #[inline]
    pub fn rcu_read_lock(&mut self) -> RcuSection<'_> {
        RcuSection {
            mm: self.mm,
            _rcu: rcu::read_lock(),
        }
    }
}

impl RcuSection<'_> {
    /// Looks up the VMA that contains `addr`, an address in bytes.
    ///
    /// The tree had it there at some moment. Does not sleep. C: `mtree_load()`.
    #[inline]
    pub fn vma_lookup(&self, addr: usize) -> Option<RcuVma<'_>> {
        // SAFETY: The mm is valid and has users, so its tree is in RCU mode. `mtree_load` takes the
        // RCU read lock itself.
        let vma = unsafe {
            let tree = &raw mut (*self.mm.as_raw()).__bindgen_anon_1.mm_mt;
            bindings::mtree_load(tree, addr)
        };
        // INVARIANT: A VMA of the tree is freed through RCU, which `self` is a read section of.
        Some(RcuVma {
            vma: NonNull::new(vma.cast())?,
            _section: PhantomData,
        })
    }
}

impl RcuVma<'_> {
    /// Whether the VMA belongs to `mm` (`vm_mm`).
    #[inline]
    pub fn belongs_to(&self, mm: &Mm) -> Unstable<bool> {
        // SAFETY: By the type invariants, this is the memory of a VMA. C lets RCU readers read the
        // field. `vma_init()` writes it when the memory is handed out again, hence the volatile
        // load.
        let vm_mm = unsafe { (&raw const (*self.vma.as_ptr()).vm_mm).read_volatile() };
        Unstable::new(vm_mm == mm.as_raw())
    }

    /// The sequence number at which the VMA was last write-locked (`vm_lock_seq`).
    #[cfg(CONFIG_PER_VMA_LOCK)]
    #[inline]
    pub fn vm_lock_seq(&self) -> Unstable<u32> {
        // SAFETY: As in `belongs_to`. A writer of the VMA lock also stores it, with `WRITE_ONCE()`.
        Unstable::new(unsafe { (&raw const (*self.vma.as_ptr()).vm_lock_seq).read_volatile() })
    }

    /// The reference count: 0 for a detached VMA, 1 for an attached one, and its readers
    /// (`vm_refcnt`).
    #[cfg(CONFIG_PER_VMA_LOCK)]
    #[inline]
    pub fn vm_refcnt(&self) -> Unstable<u32> {
        // SAFETY: As in `belongs_to`. All other accesses are atomic.
        let count =
            unsafe { (&raw const (*self.vma.as_ptr()).vm_refcnt.refs.counter).read_volatile() };
        // CAST: The counter is unsigned in a `refcount_t`, and has a flag in its upper bits.
        Unstable::new(count as u32)
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
