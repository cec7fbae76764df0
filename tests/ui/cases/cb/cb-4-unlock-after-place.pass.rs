// SPDX-License-Identifier: GPL-2.0-only
// CB-4: a fault that has given its place away keeps its lock.
//@check-pass

use mmguard::driver::{fault::*, ops::VmOperations};

fn places<T: VmOperations>(fault: Fault<'_, T>) -> (Option<Place<'_, T>>, Option<UnlockedFault<'_, T>>) {
    let unlocked = Fault::unlock(fault);
    (None, unlocked.ok())
}
