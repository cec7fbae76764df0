// SPDX-License-Identifier: GPL-2.0-only

//! Safe guards for the locks of Linux memory management.
//!
//! This is the root of the crate in a module's build. Everything of substance is in files that
//! stand at the paths that they have in a kernel tree, where they are `kernel::mm::guard`. The
//! examples name it so; in a module it is `mmguard`. The lock protocol stands in [`vma`].
//!
#![cfg_attr(doc, doc = include_str!("../../Documentation/guide.md"))]

mod bindings;
pub mod misc_device;

#[path = "../kernel/mm"]
mod mm {
    pub(crate) mod guard;
    #[cfg(CONFIG_PER_VMA_LOCK)]
    #[path = "../../compat/lock_next_vma.rs"]
    mod lock_next_vma;
    #[cfg(CONFIG_PER_VMA_LOCK)]
    pub(crate) use lock_next_vma::lock_next_vma;
    #[path = "../../compat/owner_module.rs"]
    pub(crate) mod owner_module;
}

pub use mm::guard::{
    driver,
    mmap,
    order,
    rmap,
    table,
    vma, //
};

/// What core mm keeps from modules.
#[cfg(not(MODULE))]
pub mod builtin {}

/// What `#[vtable]` takes the tests of this crate to be of.
#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
enum LocalModule {}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
impl kernel::ModuleMetadata for LocalModule {
    const NAME: &'static kernel::str::CStr = c"mmguard";
    const THIS_MODULE: kernel::ThisModule = {
        // SAFETY: The tests are of the module that this crate is in.
        unsafe { kernel::ThisModule::from_ptr(mm::owner_module::owner_module::<Self>()) }
    };
}
