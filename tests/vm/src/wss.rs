// SPDX-License-Identifier: GPL-2.0-only

//! What the init orders a process to touch, in memory that both have mapped.

use std::sync::atomic::AtomicU64;

/// Orders, one after the other.
#[repr(C)]
pub struct Orders {
    /// How many orders were given.
    pub given: AtomicU64,
    /// How many orders were carried out.
    pub done: AtomicU64,
    /// The first page to touch.
    pub first: AtomicU64,
    /// From a page to the next one, in pages. If it is 0, no page is touched: the mapping is
    /// protected and unprotected again, which flushes what the TLBs have cached of it.
    pub step: AtomicU64,
    /// How many pages to touch.
    pub count: AtomicU64,
}
