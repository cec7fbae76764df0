// SPDX-License-Identifier: GPL-2.0-only

//! What each lock allows.
//!
//! A [`Vma`] carries in its type the lock that it is held by. Operations ask for the
//! weakest right that their rule allows, so that one `vma.start()` serves every guard.
//!
//! | held by                             | range frozen | stable, fill | write most | write all |
//! |-------------------------------------|--------------|--------------|------------|-----------|
//! | `IMmap`, `AnonVma` (rmap; *)        | yes          | no           | no         | no        |
//! | [`Read`], [`Downgraded`], [`Write`] | yes          | yes          | no         | no        |
//! | [`ReadBesideVma`]                   | yes          | yes          | no         | no        |
//! | [`VmaRead`], [`VmaReadOrRead`]      | yes          | yes          | no         | no        |
//! | [`VmaWrite`]                        | yes          | yes          | yes        | no        |
//! | `VmaWriteAll` (*)                   | yes          | yes          | yes        | yes       |
//!
//! (*) Not for modules.
//!
//! Page tables are walked, and pages unmapped, under every lock of the table. To install needs what
//! keeps the VMA stable: see [`MayInstall`].
//!
//! The impls below are this table. Each also names the assertion of C that fits: with
//! `CONFIG_DEBUG_VM`, a handle that is made without its lock is reported.
//!
//! C header: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h)

#[cfg(not(MODULE))]
use super::{
    anon_vma::{
        AnonVmaGuard,
        AnonVmaMode, //
    },
    detached::DetachedVma,
    folio::LockedFolio, //
};
use super::{
    assertions,
    order::LockLevel,
    IMmapGuard,
    LockContext,
    MmGuard,
    MmapLockState,
    OrderedMutexGuard,
    PageTableLockGuard,
    PmdLockGuard,
    PteLockGuard,
    PteLockPair,
    PteTableRcu,
    RcuSection,
    RmapMode,
    StableGuard,
    Vma,
    VmaPair,
    VmaReadGuard,
    VmaWriteGuard, //
};
use crate::bindings;

/// The mmap lock is held for reading.
pub enum Read {}

/// The mmap lock is held for reading, beside the read lock of a VMA of the mm.
///
/// It was there at once, and nothing may be waited for that the VMA read lock forbids to wait for:
/// so this lock is not exchanged for another one.
pub enum ReadBesideVma {}

/// The mmap lock was held for writing and has been downgraded, without having been free in
/// between.
///
/// Two tasks cannot both hold one mm's mmap lock like this: each must have been its writer, and
/// has not let go since. What relies on that asks for `Downgraded`, not for [`Read`].
pub enum Downgraded {}

/// The mmap lock is held for writing.
///
/// This alone does not allow a write to a VMA: page faults that hold the VMA read lock run on.
pub enum Write {}

/// The VMA read lock is held.
pub enum VmaRead {}

/// The VMA read lock or else the mmap read lock is held, which of the two being known only at run
/// time.
pub enum VmaReadOrRead {}

/// The mmap write lock and the VMA write lock are held.
pub enum VmaWrite {}

/// The mmap write lock, the VMA write lock, and the write locks of the reverse mappings that the
/// VMA is in are held.
#[cfg(not(MODULE))]
pub enum VmaWriteAll {}

/// The `i_mmap_rwsem` of the file that the VMA maps is held, and no lock of its mm.
#[cfg(not(MODULE))]
pub enum IMmap {}

/// The `anon_vma` lock of the VMA is held, and no lock of its mm.
#[cfg(not(MODULE))]
pub enum AnonVma {}

mod sealed {
    pub trait Sealed {}
}
pub(super) use sealed::Sealed;

/// The lock keeps the VMA allocated, and its range and page offset as they are.
///
/// That is what every lock does by which a VMA can be had. The reverse-mapping locks do no more.
#[diagnostic::on_unimplemented(
    message = "a VMA is had under the mmap lock, the VMA lock or an rmap lock, but `{Self}` is \
               none",
    label = "`{Self}` is not the state of a lock"
)]
pub trait FreezesRange: Sealed {
    /// Asserts that the lock is held for a VMA, in a kernel that has the assertion.
    ///
    /// # Safety
    ///
    /// `vma` must be valid.
    #[doc(hidden)]
    unsafe fn assert_held(vma: *mut bindings::vm_area_struct);
}

/// The lock keeps the VMA in its tree, and its fields readable.
#[diagnostic::on_unimplemented(
    message = "this needs the mmap lock or the VMA lock, but `{Self}` is neither",
    label = "an rmap lock keeps only the range of the VMA as it is"
)]
pub trait Stabilises: FreezesRange {}

/// The lock lets its holder fill an empty entry of a page table.
///
/// Under a lock of the reverse mapping alone, the VMA may be on its way out, and what is installed
/// would never be unmapped.
#[diagnostic::on_unimplemented(
    message = "filling a page-table entry needs the mmap lock or the VMA lock, but `{Self}` is \
               neither",
    label = "under an rmap lock alone entries are read and unmapped, and none is installed"
)]
pub trait MayInstall: FreezesRange {}

#[diagnostic::do_not_recommend]
impl<L: Stabilises> MayInstall for L {}

/// The lock lets its holder write the fields that reverse-mapping walks do not rely on.
///
/// They are the flags, `vm_page_prot`, `anon_name`, `vm_policy` and `vm_userfaultfd_ctx`, by the
/// table of `Documentation/mm/process_addrs.rst`. All other fields need further locks, or are not
/// written on an attached VMA.
#[diagnostic::on_unimplemented(
    message = "this needs the mmap write lock and the VMA write lock, but only \
               `Vma<'_, {Self}>` is held",
    label = "take the VMA write lock with `MmGuard::<Write>::vma_start_write`"
)]
pub trait MayWriteMost: Stabilises {}

/// The lock keeps everyone else out of the VMA, those included that come by a reverse mapping.
///
/// Fields that need this are `vm_start`, `vm_end` and `vm_pgoff`. They are keys of the trees that
/// the VMA is in, so only core mm writes them. Page tables are moved under this.
#[cfg(not(MODULE))]
#[diagnostic::on_unimplemented(
    message = "this needs the VMA write lock and the write locks of the VMA's reverse mappings, \
               but only `Vma<'_, {Self}>` is held",
    label = "take them with `VmaWriteAllGuard::lock`"
)]
pub trait MayWriteAll: MayWriteMost {}

/// The lock is the mmap lock, in a mode that other readers share.
#[diagnostic::on_unimplemented(
    message = "this needs the mmap lock shared (`Read` or `Downgraded`), but `{Self}` is held"
)]
pub trait SharesMmapLock: Stabilises {}

/// The lock is one of a reverse mapping, which a writer of most fields does not take.
#[cfg(not(MODULE))]
#[diagnostic::on_unimplemented(
    message = "`{Self}` keeps the fields of a VMA as they are: read them, not the unstable values"
)]
pub trait IsRmapLock: FreezesRange {}

/// What would let a guard cross from one task to another: nothing implements this.
///
/// A lock is dropped by the task that took it. The guards are [`Send`] and [`Sync`] on this
/// condition, which is never, for the sake of the message: the one about the raw pointer in a
/// guard says nothing of locks.
#[diagnostic::on_unimplemented(
    message = "a lock stays with the task that took it, and so does `{Self}`",
    label = "would pass to another task"
)]
pub trait CrossesTasks: Sealed {}

/// Gives each lock its assertion, and each right its impls.
///
/// The compiler would list the impls in each message about a lock that is not among them, hence
/// `do_not_recommend`.
macro_rules! lock_states {
    ($($state:ident asserts $assert:ident: $($right:ident)+;)+) => {$(
        impl Sealed for $state {}

        #[diagnostic::do_not_recommend]
        impl FreezesRange for $state {
            #[inline]
            unsafe fn assert_held(vma: *mut bindings::vm_area_struct) {
                // SAFETY: The VMA is valid, by the safety requirements.
                unsafe { assertions::$assert(vma) };
            }
        }

        $(
            #[diagnostic::do_not_recommend]
            impl $right for $state {}
        )+
    )+};
}

lock_states! {
    Read asserts mmap: Stabilises SharesMmapLock;
    Downgraded asserts mmap: Stabilises SharesMmapLock;
    ReadBesideVma asserts mmap: Stabilises;
    Write asserts mmap_write: Stabilises;
    VmaRead asserts vma: Stabilises;
    VmaReadOrRead asserts stabilised: Stabilises;
    VmaWrite asserts vma_write: Stabilises MayWriteMost;
}

#[cfg(not(MODULE))]
lock_states! {
    IMmap asserts i_mmap: IsRmapLock;
    AnonVma asserts anon_vma: IsRmapLock;
    VmaWriteAll asserts vma_write_all: Stabilises MayWriteMost MayWriteAll;
}

/// Makes guards `Send` and `Sync` on a condition that nothing meets, as [`CrossesTasks`] tells.
macro_rules! stays_with_its_task {
    ($($guard:ident $(<$($param:ident $(: $bound:ident)?),+>)?),* $(,)?) => {$(
        // SAFETY: Never: nothing meets the condition.
        unsafe impl<$($($param $(: $bound)?),+)?> Send for $guard<'_ $($(, $param)+)?>
        where
            for<'a> $guard<'a $($(, $param)+)?>: CrossesTasks
        {}

        // SAFETY: Never: nothing meets the condition.
        unsafe impl<$($($param $(: $bound)?),+)?> Sync for $guard<'_ $($(, $param)+)?>
        where
            for<'a> $guard<'a $($(, $param)+)?>: CrossesTasks
        {}
    )*};
}

stays_with_its_task!(
    IMmapGuard<M: RmapMode>,
    LockContext<H: LockLevel>,
    MmGuard<S: MmapLockState>,
    OrderedMutexGuard<L: LockLevel, T>,
    PageTableLockGuard<L: FreezesRange>,
    PmdLockGuard<L: FreezesRange>,
    PteLockGuard<L: FreezesRange>,
    PteLockPair<L: FreezesRange, M: FreezesRange>,
    PteTableRcu<L: FreezesRange>,
    RcuSection,
    StableGuard,
    Vma<L: FreezesRange>,
    VmaPair,
    VmaReadGuard,
    VmaWriteGuard,
);

#[cfg(not(MODULE))]
stays_with_its_task!(
    AnonVmaGuard<M: AnonVmaMode>,
    DetachedVma,
    LockedFolio,
);
