// SPDX-License-Identifier: GPL-2.0-only
// CB-4: with the lock of a fault its VMA is gone.
//@driver: Fault

use mmguard::driver::{fault::*, ops::VmOperations};
use mmguard::order::LockScope;

fn fault<T: VmOperations>(mut fault: Fault<'_, T>) -> FaultResult<'_> {
    let (vma, _) = Fault::split(&mut fault);
    let end = vma.end();
    match fault.unlock() { //~ E0505
        Ok(unlocked) if vma.end() == end => unlocked.retry(),
        _ => Err(FaultError::BusError),
    }
}
