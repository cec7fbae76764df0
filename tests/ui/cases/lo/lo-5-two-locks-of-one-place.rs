// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks of a user's own at one place have no order, and are not taken together.
//@lock: OrderedMutex

use mmguard::order::level::{Below, LockLevel, MmapLock};
use mmguard::order::{mutex::OrderedMutex, NothingHeld};

struct DeviceLock;

impl LockLevel for DeviceLock {
    type Place = Below<MmapLock>;
}

struct QueueLock;

impl LockLevel for QueueLock {
    type Place = Below<MmapLock>;
}

type Locks = (OrderedMutex<DeviceLock, usize>, OrderedMutex<QueueLock, usize>);

fn sum(nothing: &mut NothingHeld, (device, queue): &Locks) -> usize {
    *queue.lock(&mut device.lock(nothing)) //~ E0277
}
