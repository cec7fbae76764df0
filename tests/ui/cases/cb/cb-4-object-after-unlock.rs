// SPDX-License-Identifier: GPL-2.0-only
// CB-4: with the VMA of a fault the object may go, which the result keeps.
//@driver: Fault

use mmguard::driver::{fault::*, kind::Kind, ops::VmOperations};

fn len<T: VmOperations>(fault: Fault<'_, T>) -> usize {
    let object = Fault::object(&fault);
    match fault.unlock() { //~ E0505
        Ok(_unlocked) => object.kind().page_count(),
        Err(_) => 0,
    }
}
