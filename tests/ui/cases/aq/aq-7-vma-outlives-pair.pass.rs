// SPDX-License-Identifier: GPL-2.0-only
// AQ-7: the VMAs of a pair are locked for as long as the pair.
//@check-pass

use mmguard::vma::pair::VmaPair;

fn gap(pair: VmaPair<'_>) -> usize {
    let (first, second) = (pair.first(), pair.second());
    second.start() - first.end()
}
