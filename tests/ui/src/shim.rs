// SPDX-License-Identifier: GPL-2.0-only

//! The crate that is in the kernel, by the name that it has in a module.

pub use kernel::mm::guard;
pub use kernel::mm::guard::*;
