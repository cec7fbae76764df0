// SPDX-License-Identifier: GPL-2.0-only

//! What is for the kernel alone: core mm keeps it from modules.
//!
//! The functions behind this are not exported, and most are in headers of `mm/`. They are called by
//! way of `mm/rust_guard.c`.

pub mod anon_vma;
pub mod detached;
pub mod folio;
#[cfg(CONFIG_NUMA)]
pub mod mempolicy;
pub mod rmap;
pub mod stack;
pub mod table_alloc;
pub mod young;

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
