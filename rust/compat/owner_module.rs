// SPDX-License-Identifier: GPL-2.0-only

//! The module that an implementation is of, in a module's build: the one that the crate is in.

use kernel::{
    bindings,
    types::Opaque, //
};

extern "C" {
    // Of another type for the compiler, which would look into it.
    static __this_module: Opaque<u8>;
}

/// Returns the module that `T` is of. C: `THIS_MODULE`.
#[allow(clippy::extra_unused_type_parameters)] // In a kernel tree, the type tells.
pub(crate) const fn owner_module<T>() -> *mut bindings::module {
    // The kernel makes it when it loads the module, and keeps it until the module is unloaded.
    (&raw const __this_module)
        .cast::<bindings::module>()
        .cast_mut()
}
