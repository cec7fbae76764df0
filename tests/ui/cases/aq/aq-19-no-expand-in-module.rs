// SPDX-License-Identifier: GPL-2.0-only
// AQ-19: a module does not grow a stack.
//@module-only
//@lock: MmGuard

use mmguard::{builtin::stack::expand_stack, mmap::{MmGuard, Read}}; //~ E0433

fn count(mm: MmGuard<'_, Read>) -> usize {
    mm.vmas(0).count()
}
