// SPDX-License-Identifier: GPL-2.0-only
// CB-4: with the VMA of a fault the object may go, which the result keeps.
//@check-pass

use mmguard::driver::{fault::*, kind::Kind, ops::VmOperations};

fn len<T: VmOperations>(fault: Fault<'_, T>) -> usize {
    match fault.unlock() {
        Ok(unlocked) => unlocked.object().kind().page_count(),
        Err(_) => 0,
    }
}
