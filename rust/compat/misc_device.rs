// SPDX-License-Identifier: GPL-2.0-only

//! The modules that misc devices are of.

use kernel::{
    bindings,
    miscdevice::{
        MiscDevice,
        MiscDeviceRegistration, //
    },
    prelude::*, //
};

/// Keeps a module loaded for good if its misc device, when it is open, does not.
///
/// A misc device of Rust has its module as the owner since Linux 7.3 only. Before, the module could
/// be unloaded while a file of the device is open. To be called when the module is loaded, once the
/// device is registered.
pub fn keep_loaded<T: MiscDevice>(module: &'static ThisModule, device: &MiscDeviceRegistration<T>) {
    // SAFETY: The device is registered, so it and its operations are valid. Nobody writes them.
    let owner = unsafe { (*(*device.as_raw()).fops).owner };
    if owner == module.as_ptr() {
        return;
    }
    // Without this, no module is ever unloaded.
    #[cfg(CONFIG_MODULE_UNLOAD)]
    // SAFETY: The module is there, as its `ThisModule` is. C adds a reference that is not given up,
    // unless the module is on its way out already.
    unsafe {
        bindings::try_module_get(module.as_ptr())
    };
}
