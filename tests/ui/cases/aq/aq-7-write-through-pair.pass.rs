// SPDX-License-Identifier: GPL-2.0-only
// AQ-7: the VMAs of a pair are read-locked: nothing is written through it.
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::VmaPair;

fn no_dump(pair: VmaPair<'_>) -> Result {
    (pair.first().flags() & flags::DONTDUMP != 0).then_some(()).ok_or(EPERM)
}
