// SPDX-License-Identifier: GPL-2.0-only
// AQ-7: the VMAs of a pair are read-locked: nothing is written through it.
//@check-pass

use mmguard::{order::rights::Stabilises, vma::{pair::VmaPair, Vma}};

fn read<L: Stabilises>(_: &Vma<'_, L>) {}

fn write(pair: &VmaPair<'_>) {
    read(pair.first());
}
