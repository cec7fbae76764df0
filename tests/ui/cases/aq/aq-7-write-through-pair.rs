// SPDX-License-Identifier: GPL-2.0-only
// AQ-7: the VMAs of a pair are read-locked: nothing is written through it.
//@lock: VmaReadOrRead

use mmguard::{rights::MayWriteMost, Vma, VmaPair};

fn written<L: MayWriteMost>(_: &Vma<'_, L>) {}

fn write(pair: &VmaPair<'_>) {
    written(pair.first()); //~ E0277
}
