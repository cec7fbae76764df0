// SPDX-License-Identifier: GPL-2.0-only

//! Guards for the locks of memory management.
//!
//! A guard is evidence that a lock is held, and the only way to what that lock protects. C does
//! the locking; these types say who may do what, and when, so that code that breaks a locking rule
//! does not compile.
//!
//! # The lock protocol
//!
//! An address space (`struct mm_struct`) has one `mmap_lock`, a read/write semaphore. Each of its
//! VMAs (`struct vm_area_struct`) has a VMA lock, made of a reference count and a sequence number.
//!
//! | held                       | guard                        | the VMA is stable | write |
//! |----------------------------|------------------------------|-------------------|-------|
//! | nothing                    | none: no VMA can be named    | no                | no    |
//! | mmap read lock             | [`MmGuard`]`<Read>`          | yes               | no    |
//! | mmap lock, downgraded      | [`MmGuard`]`<Downgraded>`    | yes               | no    |
//! | mmap write lock            | [`MmGuard`]`<Write>`         | yes               | no    |
//! | VMA read lock              | [`VmaReadGuard`]             | yes               | no    |
//! | mmap write, VMA write lock | [`VmaWriteGuard`]            | yes               | yes   |
//!
//! VMAs are also reached through the reverse mapping: from a file, under `i_mmap_rwsem`
//! ([`IMmapGuard`]), and from an anonymous page, under the lock of an `anon_vma`. Those locks keep
//! the range of a VMA as it is, and no more. To write all fields takes them beside the above.
//!
//! The same table, as the compiler reads it, is in [`rights`].
//!
//! Locks are taken through a [`LockContext`], one for a task and an mm. Each guard borrows it
//! exclusively, so a lock that must not be taken cannot be named:
//!
//! - The mmap lock is never waited for while a VMA read lock of that mm is held. Who holds the
//!   mmap write lock may be waiting, in `vma_start_write()`, for this very reader.
//! - The mmap lock is not taken twice, not even for reading: a writer that queues in between stops
//!   the second reader.
//! - A VMA write lock has no release of its own. It ends when the mmap write lock is dropped or
//!   downgraded, and so [`VmaWriteGuard`] borrows the [`MmGuard`].
//!
//! Further locks, of the reverse mapping, of page tables or of a user's own, are taken through the
//! guard that is held ([`LockScope`]), in the order of the table in [`order`].
//!
//! Page tables are reached through a [`Vma`], by whichever lock it is held, and each table has a
//! lock of its own: see [`page_table`].
//!
//! # What is proved, and what is not
//!
//! The rules hold within one [`LockContext`] and what is taken under it. A second context, be it
//! for the same mm or for another, the lock methods of [`MmWithUser`] and C code reach past it.
//! That may deadlock, which lockdep reports. Where RCU is all that is held, to sleep by such a way
//! ends what RCU protects, on kernels without `CONFIG_PREEMPT_RCU`; as with every RCU guard of the
//! kernel crate, no type sees it, and `CONFIG_PROVE_RCU` and `CONFIG_DEBUG_ATOMIC_SLEEP` do.
//!
//! A guard that is leaked leaves its lock held, and what it protects stays protected. But a task
//! must not exit with a lock held, leaked ones included: the lock remembers its owner, and a later
//! writer looks at it. That holds for every sleeping lock of the kernel crate, and no type sees it.
//!
//! Some functions that need a VMA take an address instead of a [`Vma`]: two address spaces have
//! lifetimes that unify, so a VMA passed beside a guard could be another mm's.
//!
//! C headers: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h),
//! [`include/linux/mm.h`](srctree/include/linux/mm.h)
//!
//! Reference: <https://docs.kernel.org/mm/process_addrs.html>
//!
//! [`MmWithUser`]: kernel::mm::MmWithUser

#[cfg(not(MODULE))]
pub mod anon_vma;
mod assertions;
mod context;
#[cfg(not(MODULE))]
pub mod detached;
#[cfg(not(MODULE))]
pub mod folio;
mod i_mmap;
mod insert_page;
#[cfg(all(not(MODULE), CONFIG_NUMA))]
pub mod mempolicy;
mod mmap_lock;
pub mod order;
mod own_lock;
mod owner;
pub mod page_table;
mod page_table_lock;
mod pair;
mod pid;
mod pmd;
mod pmd_lock;
mod pte;
mod pte_lock;
mod pte_rcu;
mod rcu;
pub mod rights;
#[cfg(not(MODULE))]
pub mod rmap;
mod speculate;
mod stable;
#[cfg(not(MODULE))]
pub mod stack;
#[cfg(not(MODULE))]
pub mod table_alloc;
mod unstable;
mod vma;
mod vma_iter;
mod vma_lock;
mod walk;
#[cfg(not(MODULE))]
pub mod young;
mod zap;

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;

pub use self::{
    context::{
        InnerScope,
        LockContext,
        LockScope,
        NothingHeld, //
    },
    i_mmap::{
        IMmapGuard,
        RmapMode,
        RmapRead,
        RmapWrite, //
    },
    insert_page::vm_insert_page,
    mmap_lock::{
        MmGuard,
        MmapLockState, //
    },
    own_lock::{
        OrderedMutex,
        OrderedMutexGuard, //
    },
    owner::VmaOwner,
    page_table::{
        Level,
        NoTable,
        NoTableReason,
        P4dEntry,
        PgdEntry,
        PmdEntry,
        PudEntry, //
    },
    page_table_lock::PageTableLockGuard,
    pair::VmaPair,
    pid::mm_from_pid,
    pmd::Pmd,
    pmd_lock::PmdLockGuard,
    pte::{
        Pte,
        PteKind,
        SeesPfns, //
    },
    pte_lock::{
        LockedPteTable,
        PteIter,
        PteLockGuard,
        PteLockPair, //
    },
    pte_rcu::PteTableRcu,
    rcu::{
        RcuSection,
        RcuVma, //
    },
    rights::{
        Downgraded,
        Read,
        ReadBesideVma,
        VmaRead,
        VmaReadOrRead,
        VmaWrite,
        Write, //
    },
    speculate::{
        Speculation,
        Untrusted, //
    },
    stable::{
        HeldLock,
        StableGuard, //
    },
    unstable::Unstable,
    vma::Vma,
    vma_iter::VmaIter,
    vma_lock::{
        HandOverError,
        NotObtained,
        VmaReadGuard,
        VmaWriteGuard, //
    },
    walk::VmaWalk,
    zap::{
        zap_hugetlb_vma_range,
        zap_vma_range, //
    },
};
