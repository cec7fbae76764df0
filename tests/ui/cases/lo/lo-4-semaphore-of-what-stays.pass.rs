// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a semaphore goes to other tasks only with data that may.
//@check-pass

use kernel::sync::SpinLock;
use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedRwSemaphore};

struct Data(u8);

static LENT: Option<OrderedRwSemaphore<PrivateLock, Data>> = None;
static MOVED: Option<SpinLock<OrderedRwSemaphore<PrivateLock, Data>>> = None;
