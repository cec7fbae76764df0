// SPDX-License-Identifier: GPL-2.0-only
// LO-6: a message about the order names both locks, and the rule.
//@check-pass

use mmguard::order::level::{Below, LockLevel, MmapLock, VmaLock};
use mmguard::order::{mutex::OrderedMutex, NothingHeld};

struct DeviceLock;

impl LockLevel for DeviceLock {
    type Place = Below<MmapLock>;
}

struct QueueLock;

impl LockLevel for QueueLock {
    type Place = Below<VmaLock>;
}

type Locks = (OrderedMutex<DeviceLock, usize>, OrderedMutex<QueueLock, usize>);

fn sum(nothing: &mut NothingHeld, (device, queue): &Locks) -> usize {
    *queue.lock(&mut device.lock(nothing))
}
