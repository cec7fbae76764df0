// SPDX-License-Identifier: GPL-2.0-only
// AQ-19: a module does not grow a stack.
//@module-only
//@check-pass

use mmguard::mmap::{MmGuard, Read};

fn count(mm: MmGuard<'_, Read>) -> usize {
    mm.vmas(0).count()
}
