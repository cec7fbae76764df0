// SPDX-License-Identifier: GPL-2.0-only
// AQ-7: the VMAs of a pair are locked for as long as the pair.
//@lock: VmaPair

use mmguard::vma::pair::VmaPair;

fn gap(pair: VmaPair<'_>) -> usize {
    let (first, second) = (pair.first(), pair.second());
    drop(pair); //~ E0505
    second.start() - first.end()
}
