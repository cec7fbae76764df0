// SPDX-License-Identifier: GPL-2.0-only
// AQ-8: of the VMAs of a range that is write-locked, one is written at a time.
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::vma::range::VmaWriteRange;

fn no_dump(vmas: &mut VmaWriteRange<'_>, a: usize, b: usize) -> Result {
    let mut first = vmas.vma_mut(a).ok_or(EFAULT)?;
    first.set_flags(flags::DONTDUMP)?;
    let mut second = vmas.vma_mut(b).ok_or(EFAULT)?;
    second.set_flags(flags::DONTDUMP)
}
