// SPDX-License-Identifier: GPL-2.0-only

//! New page tables.
//!
//! C makes them, and takes the locks that put them into the tables above: the `page_table_lock`
//! down to the PMD table, and the lock of the PMD table for a PTE table.
//!
//! Not for modules: `__pte_alloc()` and the functions for the other levels are not exported.
//!
//! C header: [`include/linux/mm.h`](srctree/include/linux/mm.h)

use crate::{
    bindings,
    mm::guard::{
        order::{
            level::{
                After,
                FolioLock, //
            },
            rights::MayInstall,
            LockScope, //
        },
        table::PmdEntry,
        vma::{
            load_flags,
            Vma, //
        }, //
    }, //
};
use kernel::{
    error::to_result,
    mm::virt::flags,
    prelude::*, //
};

/// Makes the missing tables that lead to the entry for `addr`, an address in bytes, and returns the
/// PMD entry.
///
/// Below the PMD entry there is a PTE table then, unless a huge page is there. Sleeps, and may wait
/// for memory: so no lock is held that reclaim takes. C: `pte_alloc()`.
///
/// # Errors
///
/// `EFAULT` if the address is not in the VMA; `EINVAL` if it is one of frames (`VM_PFNMAP`), where
/// its driver alone makes tables; `ENOMEM` if there is no memory; `EEXIST` if a leaf is in the
/// place of a PMD table; those of [`Vma::tables`] otherwise.
#[inline]
pub fn alloc_pte_table<'v, G: LockScope, L: MayInstall>(
    _held: &mut G,
    vma: &'v Vma<'_, L>,
    addr: usize,
) -> Result<PmdEntry<'v, L>>
where
    FolioLock: After<G::Innermost>,
{
    let tables = vma.tables()?;
    // SAFETY: By the bound, the mmap lock or the VMA lock is held, so the VMA is valid. Writers of
    // its flags hold the VMA write lock, or set a bit atomically.
    if unsafe { load_flags(vma.as_ptr()) } & flags::PFNMAP != 0 {
        return Err(EINVAL);
    }
    tables.pgd_entry(addr).or(Err(EFAULT))?;
    // SAFETY: By the bound, the mmap lock or the VMA lock is held, as C requires. The VMA contains
    // the address, and is not hugetlb's.
    to_result(unsafe { bindings::rust_guard_pte_alloc(vma.as_ptr(), addr) })?;
    tables.pmd_entry(addr).map_err(|_| EEXIST)
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
