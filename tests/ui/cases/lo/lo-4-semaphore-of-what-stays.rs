// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a semaphore goes to other tasks only with data that may.
//@lock: OrderedRwSemaphore

use kernel::sync::SpinLock;
use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedRwSemaphore};

struct Data(*mut u8);

// SAFETY: Other tasks may look at the pointer.
unsafe impl Sync for Data {}

static LENT: Option<OrderedRwSemaphore<PrivateLock, Data>> = None; //~ E0277
static MOVED: Option<SpinLock<OrderedRwSemaphore<PrivateLock, Data>>> = None; //~ E0277
