// SPDX-License-Identifier: GPL-2.0-only
// AQ-7: the VMAs of a pair are read-locked: nothing is written through it.
//@lock: VmaReadOrRead

use mmguard::{order::rights::MayWriteMost, vma::{pair::VmaPair, Vma}};

fn written<L: MayWriteMost>(_: &Vma<'_, L>) {}

fn write(pair: &VmaPair<'_>) {
    written(pair.first()); //~ E0277
}
