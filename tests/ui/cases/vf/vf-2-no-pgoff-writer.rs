// SPDX-License-Identifier: GPL-2.0-only
// VF-2: `vm_pgoff` needs the reverse-mapping locks too, so it has no writer here.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn shift(vma: &mut VmaWriteGuard<'_>, pgoff: usize) -> bool {
    vma.set_pgoff(pgoff); //~ E0599
    vma.pgoff() == Some(pgoff)
}
