// SPDX-License-Identifier: GPL-2.0-only

//! What stands around `page_range.rs` of Rust Binder where it is compiled alone.

#![allow(dead_code)]

#[rustfmt::skip]
mod page_range;

/// What the driver's `module!` makes, for `pr_warn!`.
const __LOG_PREFIX: &[u8] = b"rust_binder\0";

/// The same, for the owner of what `#[vtable]` makes.
struct LocalModule;

impl kernel::ModuleMetadata for LocalModule {
    const NAME: &'static kernel::str::CStr = c"rust_binder";
    // SAFETY: C looks for a null pointer.
    const THIS_MODULE: kernel::ThisModule =
        unsafe { kernel::ThisModule::from_ptr(core::ptr::null_mut()) };
}
