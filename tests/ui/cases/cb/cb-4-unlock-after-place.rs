// SPDX-License-Identifier: GPL-2.0-only
// CB-4: a fault that has given its place away keeps its lock.
//@driver: Fault

use mmguard::driver::{fault::*, ops::VmOperations};

fn places<T: VmOperations>(fault: Fault<'_, T>) -> (Option<Place<'_, T>>, Option<UnlockedFault<'_, T>>) {
    let (place, _) = Fault::into_place(fault);
    (Some(place), fault.unlock().ok()) //~ E0382
}
