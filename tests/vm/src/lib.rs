// SPDX-License-Identifier: GPL-2.0-only

//! What runs inside the test VM.

pub mod pages;
pub mod tap;
pub mod window;
pub mod wss;

/// The size of a page.
pub const PAGE: usize = 4096;
