// SPDX-License-Identifier: GPL-2.0-only
// AQ-19: a module does not grow a stack.
//@module-only
//@lock: MmGuard

use mmguard::{stack::expand_stack, MmGuard, Read}; //~ E0432

fn count(mm: MmGuard<'_, Read>) -> usize {
    mm.vmas(0).count()
}
