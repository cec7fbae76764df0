// SPDX-License-Identifier: GPL-2.0-only

//! A driver's own mappings: what C calls it back for, and what it does to its VMAs.
//!
//! A driver that maps memory of its own has a [`VmObject`](object::VmObject), whose VMAs have the
//! operations of a type that implements [`VmOperations`](ops::VmOperations). Its `mmap` gives the
//! new VMA to the object, with a [`Setup`](setup::Setup).
//!
//! - What a callback is called with says what C holds, and is the scope for further locks. There is
//!   no [`NothingHeld`](super::order::NothingHeld) in a callback.
//! - To map a page, a driver has a place that is its own: that of a [fault](fault::Fault), or an
//!   [`OwnVma`](own::OwnVma). The VMA of somebody else is neither filled nor emptied.
//! - What is mapped was made for user space: a [`UserPage`](page::UserPage), or
//!   [`Frames`](kind::Frames) that the object keeps.
//! - What is mapped can be [taken back](object::LockedObject::revoke), from all who have it.

pub mod fault;
pub mod kind;
pub mod object;
pub mod ops;
pub mod own;
pub mod page;
pub mod setup;
pub mod shrinker;

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
