// SPDX-License-Identifier: GPL-2.0-only

//! The ways in which this module makes the kernel complain.
//!
//! The init of the test VM includes this file too: it turns a name into the parameter of the
//! module, which can only be a number.

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)+) => {
        /// A rule that is broken.
        #[derive(Clone, Copy)]
        pub enum Kind {
            $($(#[$doc])* $kind,)+
        }

        /// Their names. `kind=1` is the first.
        pub const KINDS: &[(&str, Kind)] = &[$(($name, Kind::$kind),)+];
    };
}

kinds! {
    /// A `WARN`.
    Warn = "warn",
    /// The mmap lock is taken twice.
    Lockdep = "lockdep",
    /// The mmap lock is taken for reading under the mmap write lock.
    LockdepWrite = "lockdep-write",
    /// The mmap lock is taken under a VMA lock.
    LockdepVma = "lockdep-vma",
    /// The mmap lock is taken in an RCU read-side critical section.
    RcuSleep = "rcu-sleep",
    /// User memory is read under the mmap write lock of its owner.
    UserAccess = "user-access",
    /// User memory is read under a lock that is taken under the lock of a VMA, too.
    UserAccessOwn = "user-access-own",
    /// The mmap locks of two address spaces are taken without an order.
    TwoMms = "two-mms",
    /// The mmap lock is taken through a VMA that is read-locked, of the kernel crate.
    MmOfVma = "mm-of-vma",
    /// Memory is allocated, and may be waited for, under the lock of a PTE table.
    PteSleep = "pte-sleep",
    /// The locks of two PTE tables are taken without an order.
    TwoPteLocks = "two-pte-locks",
    /// A second context for an mm is made under its mmap lock.
    ContextUnderMmap = "context-under-mmap",
    /// A second context for an mm is made under a VMA lock of it.
    ContextUnderVma = "context-under-vma",
    /// It is said that nothing is held, under a mmap lock.
    NothingHeld = "nothing-held",
    /// The mmap lock is tried by a second context.
    TryBySecond = "try-by-second",
    /// A guard of the mmap lock is made with no lock.
    AssertMmap = "assert-mmap",
    /// A guard of the mmap write lock is made under the read lock.
    AssertMmapWrite = "assert-mmap-write",
    /// A handle for the VMA read lock is made with no lock.
    AssertVma = "assert-vma",
    /// A handle for the VMA write lock is made under the mmap write lock alone.
    AssertVmaWrite = "assert-vma-write",
    /// A handle for the VMA read lock or the mmap lock is made with neither.
    AssertStabilised = "assert-stabilised",
    /// A handle is made of a VMA that is in no tree.
    AssertAttached = "assert-attached",
    /// A guard of the `i_mmap_rwsem` is made with no lock.
    AssertIMmap = "assert-i-mmap",
}
