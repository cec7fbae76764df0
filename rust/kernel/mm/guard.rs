// SPDX-License-Identifier: GPL-2.0-only

//! Guards for the locks of memory management.
//!
//! A guard is evidence that a lock is held, and the only way to what that lock protects. C does
//! the locking. These types say what the holder of a lock may do, so that code that breaks a
//! locking rule does not compile.
//!
//! | room        | what is in it                                                              |
//! |-------------|----------------------------------------------------------------------------|
//! | [`order`]   | what may be taken after what, what each lock allows, locks of one's own    |
//! | [`mmap`]    | the mmap lock, and how an mm is found                                      |
//! | [`vma`]     | VMAs and their own locks: the lock protocol, walks                         |
//! | [`table`]   | page tables, their entries and locks                                       |
//! | [`rmap`]    | from a page to the VMAs that map it                                        |
//! | [`driver`]  | what a driver maps itself: what C calls it for, its faults, its VMAs       |
//! | `builtin`   | what core mm keeps from modules                                            |
//!
//! # What is proved, and what is not
//!
//! The rules hold within one chain: a [`LockContext`], or [`NothingHeld`], and what is taken under
//! it. What reaches past a chain is this:
//!
//! - **A second chain** of the same task: another context, for the mm or for another one, or
//!   `NothingHeld` where something is held, as in every function by which C calls a driver back.
//!   That may deadlock, or sleep where nobody may, which lockdep reports. Two page-table locks of
//!   two chains are taken in any order, and with tables in high memory (`CONFIG_HIGHPTE`) they may
//!   be unmapped in an order that `kunmap_local()` does not allow. With `CONFIG_DEBUG_VM` and
//!   lockdep, a chain that begins where the task holds a lock of that mm is reported. Reclaim is
//!   left out of this: a shrinker runs under any lock, and only tries.
//! - **The lock methods of [`MmWithUser`]**, C code, and the last reference to an mm that the user
//!   has taken by other means than `mm_from_pid` and drops under a lock. As with every reference
//!   to an mm of the kernel crate, its count overflows if references are leaked without end.
//! - **Sleeping where RCU is all that is held.** On kernels without `CONFIG_PREEMPT_RCU` it ends
//!   what RCU protects. As with every RCU guard of the kernel crate, no type sees it;
//!   `CONFIG_PROVE_RCU` and `CONFIG_DEBUG_ATOMIC_SLEEP` do. The same holds for allocations and for
//!   accesses to user memory under the lock of a page table.
//! - **The copies of [`kernel::uaccess`] and `kernel::iov`**, and what else accesses user memory,
//!   such as `get_user_pages()`. They take no scope, so they compile under every lock. A fault
//!   under the mmap lock, or under a lock that a fault takes, may deadlock; under the former
//!   `CONFIG_PROVE_LOCKING` reports it, under the latter once both orders were seen. What has a
//!   scope is [`OrderedUserSlice`]. It does not tell one mm from another.
//! - **A guard that is leaked** leaves its lock held. What it protects stays protected, for as long
//!   as the object that contains the lock exists. A task must not exit with a lock held: the lock
//!   remembers its owner, and a later writer looks at it. That holds for every sleeping lock of the
//!   kernel crate.
//!
//! Some functions that need a VMA take an address instead of a `Vma`: two address
//! spaces have lifetimes that unify, so a VMA passed beside a guard could be another mm's.
//!
//! C headers: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h),
//! [`include/linux/mm.h`](srctree/include/linux/mm.h)
//!
//! Reference: <https://docs.kernel.org/mm/process_addrs.html>
//!
//! [`LockContext`]: order::LockContext
//! [`MmWithUser`]: kernel::mm::MmWithUser
//! [`NothingHeld`]: order::NothingHeld
//! [`OrderedUserSlice`]: order::uaccess::OrderedUserSlice

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
#[macro_use]
mod tests;

#[cfg(not(MODULE))]
pub mod builtin;
pub mod driver;
pub mod mmap;
pub mod order;
pub mod rmap;
pub mod table;
pub mod vma;
