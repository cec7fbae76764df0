// SPDX-License-Identifier: GPL-2.0-only
// AQ-7: the VMAs of a pair are read-locked: nothing is written through it.
//@check-pass

use mmguard::{rights::Stabilises, Vma, VmaPair};

fn read<L: Stabilises>(_: &Vma<'_, L>) {}

fn write(pair: &VmaPair<'_>) {
    read(pair.first());
}
