// SPDX-License-Identifier: GPL-2.0-only

//! What each lock allows.
//!
//! A [`Vma`] carries in its type the lock that it is held by. Operations ask for the
//! weakest right that their rule allows, so that one `vma.start()` serves every guard.
//!
//! C header: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h)

/// The mmap lock is held for reading.
pub enum Read {}

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

use super::{
    MmGuard,
    MmapLockState,
    StableGuard,
    Vma,
    VmaReadGuard,
    VmaWriteGuard, //
};

mod sealed {
    pub trait Sealed {}
}
use sealed::Sealed;

/// The lock keeps the VMA in its tree, and its fields readable.
#[diagnostic::on_unimplemented(
    message = "reading a VMA needs the mmap lock or the VMA lock, but `{Self}` is neither"
)]
pub trait Stabilises: Sealed {}

/// The lock lets its holder write the fields that reverse-mapping walks do not rely on.
///
/// They are the flags, `vm_page_prot`, `anon_name`, `vm_policy` and `vm_userfaultfd_ctx`, by the
/// table of `Documentation/mm/process_addrs.rst`. All other fields need further locks, or are not
/// written on an attached VMA.
#[diagnostic::on_unimplemented(
    message = "writing this field needs the mmap write lock and the VMA write lock, but only \
               `Vma<'_, {Self}>` is held",
    label = "take the VMA write lock with `MmGuard::<Write>::vma_start_write`"
)]
pub trait MayWriteMost: Stabilises {}

/// The lock is the mmap lock, in a mode that other readers share.
#[diagnostic::on_unimplemented(
    message = "this needs the mmap lock shared (`Read` or `Downgraded`), but `{Self}` is held"
)]
pub trait SharesMmapLock: Stabilises {}

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

// The compiler would list these in each message about a lock that is not among them.

// Stable and readable.
#[diagnostic::do_not_recommend]
impl Stabilises for Read {}
#[diagnostic::do_not_recommend]
impl Stabilises for Downgraded {}
#[diagnostic::do_not_recommend]
impl Stabilises for Write {}
#[diagnostic::do_not_recommend]
impl Stabilises for VmaRead {}
#[diagnostic::do_not_recommend]
impl Stabilises for VmaReadOrRead {}
#[diagnostic::do_not_recommend]
impl Stabilises for VmaWrite {}

// Writable, but for the fields that the reverse mapping relies on.
#[diagnostic::do_not_recommend]
impl MayWriteMost for VmaWrite {}

// The mmap lock, shared with readers.
#[diagnostic::do_not_recommend]
impl SharesMmapLock for Read {}
#[diagnostic::do_not_recommend]
impl SharesMmapLock for Downgraded {}

impl Sealed for Read {}
impl Sealed for Downgraded {}
impl Sealed for Write {}
impl Sealed for VmaRead {}
impl Sealed for VmaReadOrRead {}
impl Sealed for VmaWrite {}

/// Makes guards `Send` and `Sync` on a condition that nothing meets, as [`CrossesTasks`] tells.
macro_rules! stays_with_its_task {
    ($($guard:ident $(<$state:ident: $bound:ident>)?),* $(,)?) => {$(
        // SAFETY: Never: nothing meets the condition.
        unsafe impl<$($state: $bound)?> Send for $guard<'_ $(, $state)?>
        where
            for<'a> $guard<'a $(, $state)?>: CrossesTasks
        {}

        // SAFETY: Never: nothing meets the condition.
        unsafe impl<$($state: $bound)?> Sync for $guard<'_ $(, $state)?>
        where
            for<'a> $guard<'a $(, $state)?>: CrossesTasks
        {}
    )*};
}

stays_with_its_task!(
    MmGuard<S: MmapLockState>,
    StableGuard,
    Vma<L: Stabilises>,
    VmaReadGuard,
    VmaWriteGuard,
);
