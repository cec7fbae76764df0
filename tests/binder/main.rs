// SPDX-License-Identifier: GPL-2.0-only

//! What stands around `page_range.rs` of Rust Binder where it is compiled alone.

#![allow(dead_code)]

#[rustfmt::skip]
mod page_range;

/// What the driver's `module!` makes, for `pr_warn!`.
const __LOG_PREFIX: &[u8] = b"rust_binder\0";
