// SPDX-License-Identifier: GPL-2.0-only

//! The module that an implementation is of.

use crate::{
    bindings,
    mm::guard::driver::ops::VmOperations,
    module::this_module, //
};

/// Returns the module that `T` is of. C: `THIS_MODULE`.
pub(crate) const fn owner_module<T: VmOperations>() -> *mut bindings::module {
    this_module::<T::OwnerModule>().as_ptr()
}
