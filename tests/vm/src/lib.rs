// SPDX-License-Identifier: GPL-2.0-only

//! What runs inside the test VM.

pub mod tap;
pub mod window;

/// The size of a page.
pub const PAGE: usize = 4096;
