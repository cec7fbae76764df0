// SPDX-License-Identifier: GPL-2.0-only

//! What each lock allows.
//!
//! The type of a [`Vma`](crate::mm::guard::vma::Vma) names the lock that it is held by.
//! Operations ask for the weakest right that their rule allows, so that one `vma.start()` serves
//! every guard. Each lock brings its row of this table, in its own file, as `lock_states!` reads
//! it:
//!
//! | held by                           | range frozen | stable, fill | write most | write all |
//! |-----------------------------------|--------------|--------------|------------|-----------|
//! | `IMmap`, `AnonVma` (rmap; *)      | yes          | no           | no         | no        |
//! | `Read`, `Downgraded`, `Write`     | yes          | yes          | no         | no        |
//! | `ReadBesideVma`                   | yes          | yes          | no         | no        |
//! | `VmaRead`, `VmaReadOrRead`        | yes          | yes          | no         | no        |
//! | `VmaWrite`                        | yes          | yes          | yes        | no        |
//! | `VmaWriteAll` (*)                 | yes          | yes          | yes        | yes       |
//!
//! (*) Not for modules.
//!
//! Page tables are walked under every lock of the table. To install needs what keeps the VMA
//! stable: see [`MayInstall`].
//!
//! A row also names the assertion of C that fits: with `CONFIG_DEBUG_VM`, a handle that is made
//! without its lock is reported.
//!
//! C header: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h)

use crate::bindings;
use kernel::{
    prelude::*,
    types::NotThreadSafe, //
};

mod sealed {
    pub trait Sealed {}
}
pub(in crate::mm::guard) use sealed::Sealed;

/// The lock keeps the VMA allocated, and its range and page offset as they are.
///
/// Every lock that gives a VMA does that. The reverse-mapping locks do no more.
#[diagnostic::on_unimplemented(
    message = "a VMA is had under the mmap lock, the VMA lock or an rmap lock, but `{Self}` is \
               none",
    label = "`{Self}` is not the state of a lock"
)]
pub trait FreezesRange: Sealed {
    /// Asserts that the lock is held for a VMA, in a kernel with `CONFIG_DEBUG_VM`.
    ///
    /// For unsafe code that relies on a lock without having its guard, as in
    /// `VmaRead::assert_held(vma)`. [`Vma::from_raw`](crate::mm::guard::vma::Vma::from_raw) asserts
    /// the same. A holder is never reported. These are not reported either:
    ///
    /// | state                | with lockdep             | without lockdep, also    |
    /// |----------------------|--------------------------|--------------------------|
    /// | `Read`, `Downgraded` | the lock in another mode | that of another task     |
    /// | `ReadBesideVma`      | the lock in another mode | that of another task     |
    /// | `Write`, `VmaWrite`  |                          | that of another task     |
    /// | `VmaRead`            | the VMA write lock       | that of another task     |
    /// | `VmaReadOrRead`      | either lock in any mode  | that of another task     |
    /// | `IMmap` (*)          | the lock in another mode | all: nothing is asserted |
    /// | `AnonVma` (*)        | the lock in another mode | that of another task     |
    /// | `VmaWriteAll` (*)    |                          | as each of the locks     |
    ///
    /// `Write` and `VmaWrite` assert that the VMA is attached, too.
    ///
    /// (*) Not for modules.
    ///
    /// # Safety
    ///
    /// `vma` must be valid, and have its mm.
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

/// The lock is the mmap lock, in a mode that other readers share.
#[diagnostic::on_unimplemented(
    message = "this needs the mmap lock shared (`Read` or `Downgraded`), but `{Self}` is held"
)]
pub trait SharesMmapLock: Stabilises {}

/// The lock is the mmap lock, in a mode that one task at a time has: the writer's, downgraded or
/// not.
#[diagnostic::on_unimplemented(
    message = "this needs the mmap lock as its last writer has it (`Write` or `Downgraded`), but \
               `{Self}` is held",
    label = "beside a reader, an `munmap()` that has downgraded may still be at work"
)]
pub trait ExcludesDowngraded: Stabilises {}

/// Gives each lock its assertion, and each right its impls.
///
/// The compiler would list the impls in each message about a lock that is not among them, hence
/// `do_not_recommend`.
macro_rules! lock_states {
    ($($state:ident asserts $assert:ident: $($right:ident)+;)+) => {$(
        impl $crate::mm::guard::order::rights::Sealed for $state {}

        #[diagnostic::do_not_recommend]
        impl $crate::mm::guard::order::rights::FreezesRange for $state {
            #[inline]
            unsafe fn assert_held(vma: *mut $crate::bindings::vm_area_struct) {
                // SAFETY: By the safety requirements, the VMA is valid, and so is its mm.
                unsafe { $assert(vma) };
            }
        }

        $(
            #[diagnostic::do_not_recommend]
            impl $right for $state {}
        )+
    )+};
}
pub(in crate::mm::guard) use lock_states;

/// What would let a guard cross from one task to another: nothing implements this.
///
/// A lock is dropped by the task that took it. The guards are [`Send`] and [`Sync`] on this
/// condition, for the sake of the message: without it, that is one error for each raw pointer in a
/// guard, up to a hundred lines that say nothing of locks.
#[diagnostic::on_unimplemented(
    message = "a lock stays with the task that took it, and so does `{Self}`",
    label = "would pass to another task"
)]
pub trait CrossesTasks: Sealed {}

/// Makes a guard `Send` and `Sync` on a condition that nothing meets, as [`CrossesTasks`] tells.
macro_rules! stays_with_its_task {
    ($($guard:ident $(<$($param:ident $(: $bound:ident)?),+>)?),+) => {$(
        // SAFETY: Nothing implements `CrossesTasks`, and no other crate can, as both the trait and
        // the guard are of this one. So the condition is never met, and this makes no guard `Send`.
        // As this impl exists, the compiler adds none of its own.
        unsafe impl<$($($param $(: $bound)?),+)?> Send for $guard<'_ $($(, $param)+)?>
        where
            for<'a> $guard<'a $($(, $param)+)?>: $crate::mm::guard::order::rights::CrossesTasks
        {}

        // SAFETY: As above, for `Sync`.
        unsafe impl<$($($param $(: $bound)?),+)?> Sync for $guard<'_ $($(, $param)+)?>
        where
            for<'a> $guard<'a $($(, $param)+)?>: $crate::mm::guard::order::rights::CrossesTasks
        {}
    )+};
}
pub(in crate::mm::guard) use stays_with_its_task;

/// Evidence that the current task may see page frame numbers.
///
/// They tell where the memory of a process physically is, which helps attacks. So a task needs
/// `CAP_SYS_ADMIN` to see them, as for `/proc/PID/pagemap`.
pub struct SeesPfns(NotThreadSafe);

impl SeesPfns {
    /// Asks whether the current task may see them. C: `capable()`.
    ///
    /// # Errors
    ///
    /// `EPERM` without `CAP_SYS_ADMIN`.
    #[inline]
    pub fn current_task() -> Result<Self> {
        // SAFETY: `capable` looks at the credentials of the current task, which is always valid.
        if unsafe { bindings::capable(bindings::CAP_SYS_ADMIN as c_int) } {
            Ok(Self(NotThreadSafe))
        } else {
            Err(EPERM)
        }
    }
}
