// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: locks are dropped by the task that took them, and so is the context for them.
//@lock: LockContext

use mmguard::order::LockContext;

fn to_other_task(_: &dyn Send) {}

fn send(ctx: LockContext<'_>) {
    to_other_task(&ctx); //~ E0277
}
