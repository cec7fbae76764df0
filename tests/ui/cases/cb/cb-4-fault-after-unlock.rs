// SPDX-License-Identifier: GPL-2.0-only
// CB-4: once its lock was given up, a fault has no place to map a page.
//@driver: Fault

use mmguard::driver::{fault::*, ops::VmOperations};

fn place<T: VmOperations>(fault: Fault<'_, T>) -> Option<Place<'_, T>> {
    match Fault::unlock(fault) {
        Ok(_) => Some(fault.into_place().0), //~ E0382
        Err(fault) => Some(fault.into_place().0),
    }
}
