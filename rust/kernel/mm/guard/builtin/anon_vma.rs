// SPDX-License-Identifier: GPL-2.0-only

//! The lock of the VMAs that may map the same anonymous pages.
//!
//! A VMA has an `anon_vma` from the first fault of a private page on. Those of a process and of its
//! children have one root, and share the root's lock. A walker of an `anon_vma`'s interval tree
//! holds it for reading. A task that adds a VMA to the tree, removes one, or changes the range of
//! one holds it for writing. The lock comes after `i_mmap_rwsem`.
//!
//! No reference to an `anon_vma` is handed out, so none can be put while its lock is held.
//!
//! Not for modules: the functions are in `mm/internal.h`.
//!
//! C header: [`include/linux/rmap.h`](srctree/include/linux/rmap.h)

use crate::{
    bindings,
    mm::guard::{
        builtin::rmap::IsRmapLock,
        mmap::{
            MmGuard,
            MmapLockState, //
        },
        order::{
            assertions::assertion,
            level::{
                After,
                AnonVmaRwsem, //
            },
            rights::{
                lock_states,
                stays_with_its_task,
                Sealed,
                Stabilises, //
            },
            InnerScope,
            LockScope, //
        },
        rmap::i_mmap::{
            RmapMode,
            RmapRead,
            RmapWrite, //
        },
        vma::Vma, //
    }, //
};
use core::{
    marker::PhantomData,
    ops::{
        Deref,
        RangeInclusive, //
    },
    ptr::NonNull, //
};
use kernel::{
    error::to_result,
    mm::virt::flags,
    prelude::*,
    types::NotThreadSafe, //
};

/// The `anon_vma` lock of the VMA is held, and no lock of its mm.
pub enum AnonVma {}

lock_states! {
    AnonVma asserts assert_anon_vma_locked: IsRmapLock;
}

assertion! {
    /// The lock of an `anon_vma` is held. C: `rwsem_assert_held()`.
    fn assert_anon_vma_lock(anon_vma: *mut bindings::anon_vma) {
        bindings::rust_guard_anon_vma_assert_locked(anon_vma);
    }
}

assertion! {
    /// The lock of an `anon_vma` is held for writing. C: `rwsem_assert_held_write()`.
    fn assert_anon_vma_lock_write(anon_vma: *mut bindings::anon_vma) {
        bindings::rust_guard_anon_vma_assert_write_locked(anon_vma);
    }
}

assertion! {
    /// The lock of a VMA's `anon_vma` is held.
    ///
    /// While fork links a VMA, it has none yet, though it is in its parent's tree already.
    /// C: `rwsem_assert_held()`.
    fn assert_anon_vma_locked(vma: *mut bindings::vm_area_struct) {
        let anon_vma = (&raw const (*vma).anon_vma).read_volatile();
        if !anon_vma.is_null() {
            assert_anon_vma_lock(anon_vma);
        }
    }
}

/// A mode in which the lock of an `anon_vma` is held: [`RmapRead`] or [`RmapWrite`].
///
/// # Safety
///
/// The functions must take and release the lock in this mode. `assert_held` must not report a lock
/// that is held in this mode.
pub unsafe trait AnonVmaMode: RmapMode {
    /// Takes the lock of an `anon_vma`.
    ///
    /// # Safety
    ///
    /// `anon_vma` must be valid.
    #[doc(hidden)]
    unsafe fn lock(anon_vma: *mut bindings::anon_vma);

    /// Takes it if that is possible at once, and returns whether it did.
    ///
    /// # Safety
    ///
    /// `anon_vma` must be valid.
    #[doc(hidden)]
    unsafe fn trylock(anon_vma: *mut bindings::anon_vma) -> bool;

    /// Releases it.
    ///
    /// # Safety
    ///
    /// The calling task must hold the lock in this mode, and give it up.
    #[doc(hidden)]
    unsafe fn unlock(anon_vma: *mut bindings::anon_vma);

    /// Asserts that it is held in this mode, in a kernel with `CONFIG_DEBUG_VM`.
    ///
    /// Reading is asserted also where it is held for writing. Without lockdep, another task may
    /// hold it.
    ///
    /// # Safety
    ///
    /// `anon_vma` must be valid.
    unsafe fn assert_held(anon_vma: *mut bindings::anon_vma);
}

// SAFETY: These are the functions of C for a read lock.
unsafe impl AnonVmaMode for RmapRead {
    #[inline]
    unsafe fn lock(anon_vma: *mut bindings::anon_vma) {
        // SAFETY: By the safety requirements, the `anon_vma` is valid.
        unsafe { bindings::rust_guard_anon_vma_lock_read(anon_vma) }
    }

    #[inline]
    unsafe fn trylock(anon_vma: *mut bindings::anon_vma) -> bool {
        // SAFETY: By the safety requirements, the `anon_vma` is valid.
        unsafe { bindings::rust_guard_anon_vma_trylock_read(anon_vma) != 0 }
    }

    #[inline]
    unsafe fn unlock(anon_vma: *mut bindings::anon_vma) {
        // SAFETY: By the safety requirements, the caller holds the read lock and gives it up.
        unsafe { bindings::rust_guard_anon_vma_unlock_read(anon_vma) }
    }

    #[inline]
    unsafe fn assert_held(anon_vma: *mut bindings::anon_vma) {
        // SAFETY: By the safety requirements, the `anon_vma` is valid.
        unsafe { assert_anon_vma_lock(anon_vma) }
    }
}

// SAFETY: These are the functions of C for a write lock.
unsafe impl AnonVmaMode for RmapWrite {
    #[inline]
    unsafe fn lock(anon_vma: *mut bindings::anon_vma) {
        // SAFETY: By the safety requirements, the `anon_vma` is valid.
        unsafe { bindings::rust_guard_anon_vma_lock_write(anon_vma) }
    }

    #[inline]
    unsafe fn trylock(anon_vma: *mut bindings::anon_vma) -> bool {
        // SAFETY: By the safety requirements, the `anon_vma` is valid.
        unsafe { bindings::rust_guard_anon_vma_trylock_write(anon_vma) != 0 }
    }

    #[inline]
    unsafe fn unlock(anon_vma: *mut bindings::anon_vma) {
        // SAFETY: By the safety requirements, the caller holds the write lock and gives it up.
        unsafe { bindings::rust_guard_anon_vma_unlock_write(anon_vma) }
    }

    #[inline]
    unsafe fn assert_held(anon_vma: *mut bindings::anon_vma) {
        // SAFETY: By the safety requirements, the `anon_vma` is valid.
        unsafe { assert_anon_vma_lock_write(anon_vma) }
    }
}

/// The lock of an `anon_vma`, held for reading ([`RmapRead`]) or writing ([`RmapWrite`]).
///
/// It is the lock of the root, and so of every `anon_vma` of that root. It pins no mm: a VMA in the
/// tree may belong to a process that is exiting. Dropping the guard releases the lock. It does not
/// sleep.
///
/// # Examples
///
/// ```
/// use kernel::{
///     mm::{
///         guard::{
///             builtin::anon_vma::AnonVmaGuard,
///             order::LockContext,
///             rmap::i_mmap::RmapRead, //
///         },
///         MmWithUser, //
///     },
///     page::PAGE_SIZE, //
/// };
///
/// /// Returns how many VMAs may share the anonymous pages of the one that contains `addr`.
/// fn sharers(mm: &MmWithUser, addr: usize) -> Result<usize> {
///     let mut ctx = LockContext::new(mm);
///     let mut vma = ctx.stabilise(addr)?;
///     let first = vma.anon_pgoff();
///     let last = first + (vma.end() - vma.start()) / PAGE_SIZE - 1;
///     let Some(anon_vma) = AnonVmaGuard::<RmapRead>::lock(&mut vma) else {
///         return Ok(0);
///     };
///     let sharers = anon_vma.vmas(first..=last).count();
///     Ok(sharers)
/// }
/// ```
///
/// # Invariants
///
/// `anon_vma` is valid for `'a`, and the task that made this guard holds its lock in mode `M`; the
/// guard owns that hold.
#[must_use = "the anon_vma lock is released at once if the guard is not kept"]
pub struct AnonVmaGuard<'a, M: AnonVmaMode> {
    anon_vma: NonNull<bindings::anon_vma>,
    _mode: PhantomData<(&'a mut (), M)>,
    // The lock is released by the task that took it.
    _nts: NotThreadSafe,
}

stays_with_its_task!(AnonVmaGuard<M: AnonVmaMode>);

impl<'a, M: AnonVmaMode> AnonVmaGuard<'a, M> {
    /// Takes the lock of the `anon_vma` of the VMA that `vma` is the guard of.
    ///
    /// Returns `None` if the VMA has no `anon_vma`: no private page of it was ever faulted in.
    /// Sleeps until the lock is free. C: `anon_vma_lock_read()`, `anon_vma_lock_write()`.
    #[inline]
    #[must_use = "the anon_vma lock is released at once if the guard is not kept"]
    pub fn lock<'g, G, L>(vma: &'a mut G) -> Option<Self>
    where
        L: Stabilises + 'g,
        G: LockScope + Deref<Target = Vma<'g, L>>,
        AnonVmaRwsem: After<G::Innermost>,
    {
        let anon_vma = anon_vma_of(vma)?;
        // SAFETY: The VMA is stable, so it keeps its `anon_vma`: that is unset under the VMA write
        // lock.
        unsafe { M::lock(anon_vma.as_ptr()) };
        // SAFETY: The lock was just taken. `vma`, which keeps the VMA stable, is borrowed for `'a`.
        Some(unsafe { Self::from_raw(anon_vma) })
    }

    /// As [`lock`](Self::lock), if that is possible at once.
    ///
    /// Returns `None` also if the lock is not free. Does not sleep.
    /// C: `anon_vma_trylock_read()`, `anon_vma_trylock_write()`.
    #[inline]
    #[must_use = "the anon_vma lock is released at once if the guard is not kept"]
    pub fn trylock<'g, G, L>(vma: &'a mut G) -> Option<Self>
    where
        L: Stabilises + 'g,
        G: LockScope + Deref<Target = Vma<'g, L>>,
        AnonVmaRwsem: After<G::Innermost>,
    {
        let anon_vma = anon_vma_of(vma)?;
        // SAFETY: As in `lock`.
        if unsafe { M::trylock(anon_vma.as_ptr()) } {
            // SAFETY: As in `lock`.
            Some(unsafe { Self::from_raw(anon_vma) })
        } else {
            None
        }
    }

    /// Makes the guard of a lock that is held.
    ///
    /// # Safety
    ///
    /// `anon_vma` must be valid for `'a`, and the calling task must hold its lock in mode `M` and
    /// leave its release to the guard.
    #[inline]
    pub unsafe fn from_raw(anon_vma: NonNull<bindings::anon_vma>) -> Self {
        // SAFETY: By the safety requirements, the `anon_vma` is valid.
        unsafe { M::assert_held(anon_vma.as_ptr()) };
        // INVARIANT: By the safety requirements.
        Self {
            anon_vma,
            _mode: PhantomData,
            _nts: NotThreadSafe,
        }
    }

    /// Iterates over the VMAs that may map anonymous pages of a range of page offsets.
    ///
    /// The offsets are those of [`Vma::anon_pgoff`]. Does not sleep. C: `anon_rmap_tree_foreach()`.
    #[inline]
    pub fn vmas(&self, pgoffs: RangeInclusive<usize>) -> AnonVmaIter<'_> {
        // INVARIANT: The lock is held, and `self` is borrowed, for as long as the iterator lives.
        AnonVmaIter {
            // SAFETY: By the type invariants, the `anon_vma` is valid, and its lock is held.
            next: unsafe {
                bindings::anon_rmap_tree_iter_first(
                    self.anon_vma.as_ptr(),
                    *pgoffs.start(),
                    *pgoffs.end(),
                )
            },
            pgoffs,
            _guard: PhantomData,
        }
    }
}

/// The `anon_vma` of a stable VMA, if it has one.
#[inline]
fn anon_vma_of<L: Stabilises>(vma: &Vma<'_, L>) -> Option<NonNull<bindings::anon_vma>> {
    // SAFETY: The VMA is valid. A fault may set the field at the same time, by
    // `smp_store_release()`, hence the volatile load. The address dependency orders what is read
    // through it.
    NonNull::new(unsafe { (&raw const (*vma.as_ptr()).anon_vma).read_volatile() })
}

impl<M: AnonVmaMode> Drop for AnonVmaGuard<'_, M> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, this task holds the lock in mode `M`, and the guard owns
        // that hold.
        unsafe { M::unlock(self.anon_vma.as_ptr()) };
    }
}

impl<M: AnonVmaMode> Sealed for AnonVmaGuard<'_, M> {}
#[diagnostic::do_not_recommend]
impl<M: AnonVmaMode> LockScope for AnonVmaGuard<'_, M> {
    type Innermost = AnonVmaRwsem;
    type Held = Self;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

/// An iterator over VMAs of an `anon_vma`'s tree. Made by [`AnonVmaGuard::vmas`].
///
/// # Invariants
///
/// `next` is null or an entry of a tree, and the lock of that tree is held for `'g`.
#[must_use = "an iterator does nothing unless it is asked for its items"]
pub struct AnonVmaIter<'g> {
    next: *mut bindings::anon_vma_chain,
    pgoffs: RangeInclusive<usize>,
    _guard: PhantomData<&'g ()>,
}

impl<'g> Iterator for AnonVmaIter<'g> {
    type Item = Vma<'g, AnonVma>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let avc = NonNull::new(self.next)?.as_ptr();
        // SAFETY: By the type invariants, `avc` is an entry of a tree, and the lock of that is
        // held.
        // INVARIANT: The next entry is one of the same tree.
        self.next = unsafe {
            bindings::anon_rmap_tree_iter_next(avc, *self.pgoffs.start(), *self.pgoffs.end())
        };
        // SAFETY: An entry has a VMA. Whoever removes that from the tree, to free it or to change
        // its range, holds the lock for writing, which is excluded for `'g`.
        Some(unsafe { Vma::from_raw(NonNull::new_unchecked((*avc).vma)) })
    }
}

/// Gives the private VMA that contains `addr`, in bytes, an `anon_vma`, unless it has one.
///
/// Sleeps, and takes the `anon_vma` lock. A VMA's `anon_vma` is set under the mmap lock, in any
/// state. A VMA lock is not enough. C: `anon_vma_prepare()`.
///
/// # Errors
///
/// `EFAULT` if no VMA contains `addr`; `EINVAL` if the VMA is shared, and so has no anonymous
/// pages; `ENOMEM`.
#[inline]
pub fn anon_vma_prepare<S: MmapLockState>(mm: &mut MmGuard<'_, S>, addr: usize) -> Result {
    let vma = mm.vma_lookup(addr).ok_or(EFAULT)?;
    // Of a shared mapping of a file that is not open for writing, only `VM_MAYSHARE` is left.
    if vma.flags() & (flags::SHARED | flags::MAYSHARE) != 0 {
        return Err(EINVAL);
    }
    // SAFETY: The VMA is attached, and the mmap lock of its mm is held, as C requires. `mm` is
    // borrowed exclusively, so it is not the scope of a reverse-mapping lock that C would wait for.
    to_result(unsafe { bindings::rust_guard_anon_vma_prepare(vma.as_ptr()) })
}

impl<L: Stabilises> Vma<'_, L> {
    /// The page offset by which the anonymous pages of a private mapping are tracked
    /// (`__vm_anon_pgoff_lo`, `__vm_anon_pgoff_hi`).
    ///
    /// It is the page number of the VMA's address when it was first faulted. Without a file it is
    /// [`pgoff`](Self::pgoff). C: `vma_start_anon_pgoff()`.
    #[inline]
    pub fn anon_pgoff(&self) -> usize {
        // SAFETY: By the type invariants, the VMA is stable. Writers hold the VMA write lock.
        unsafe { bindings::rust_guard_vma_start_anon_pgoff(self.as_ptr()) }
    }
}

impl Vma<'_, AnonVma> {
    /// The page offset that is the VMA's key in the tree of the `anon_vma`.
    ///
    /// As for a VMA that is stable. Under `i_mmap_rwsem` alone it may change, as `mremap(2)` does.
    #[inline]
    pub fn anon_pgoff(&self) -> usize {
        // SAFETY: By the type invariants, the `anon_vma` lock is held. A writer of these fields
        // first takes the VMA out of the tree, under that lock for writing.
        unsafe { bindings::rust_guard_vma_start_anon_pgoff(self.as_ptr()) }
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
