// SPDX-License-Identifier: GPL-2.0-only
// VF-7: the file of a VMA outlives the lock by a reference of its own only.
//@check-pass

use kernel::{fs::LocalFile, sync::aref::ARef};
use mmguard::vma::lock::VmaReadGuard;

type Counted = ARef<LocalFile>;

fn flags(vma: VmaReadGuard<'_>) -> u32 {
    let file: Option<Counted> = vma.file().map(Counted::from);
    drop(vma);
    file.map_or(0, |file| file.flags())
}
