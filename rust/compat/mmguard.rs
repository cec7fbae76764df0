// SPDX-License-Identifier: GPL-2.0-only

//! Safe guards for the locks of Linux memory management.
//!
//! This is the root of the crate in a module's build. Everything of substance is in [`guard`], in
//! files that stand at the paths that they have in a kernel tree, where they are
//! `kernel::mm::guard`. The examples name it so; in a module it is `mmguard`.

mod bindings;

#[path = "../kernel/mm"]
pub mod mm {
    //! Memory management.

    pub mod guard;
}

#[doc(inline)]
pub use mm::guard;
#[doc(no_inline)]
pub use mm::guard::*;
