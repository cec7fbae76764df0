// SPDX-License-Identifier: GPL-2.0-only
// VF-3: `vm_mm` is set once, and has no writer.
//@lock: VmaWriteGuard

use kernel::mm::MmWithUser;
use mmguard::vma::lock::VmaWriteGuard;

fn adopt(vma: &mut VmaWriteGuard<'_>, _mm: &MmWithUser) -> usize {
    vma.set_mm(_mm); //~ E0599
    vma.start()
}
