// SPDX-License-Identifier: GPL-2.0-only

//! What runs inside the test VM.

pub mod access;
pub mod binder;
pub mod pages;
pub mod pool;
pub mod random;
pub mod tap;
pub mod window;
pub mod wss;

/// The size of a page.
pub const PAGE: usize = 4096;
