// SPDX-License-Identifier: GPL-2.0-only
// AQ-7: the VMAs of a pair are read-locked: nothing is written through it.
//@lock: VmaReadOrRead

use kernel::{mm::virt::flags, prelude::*};
use mmguard::VmaPair;

fn no_dump(pair: VmaPair<'_>) -> Result {
    pair.first().set_flags(flags::DONTDUMP) //~ E0277
}
