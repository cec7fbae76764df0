// SPDX-License-Identifier: GPL-2.0-only

//! KUnit suites.

/// Returns `EINVAL` from the test unless the condition holds.
///
/// Unlike KUnit's own assertions it lets destructors run, so a failed test leaves no lock behind.
macro_rules! expect {
    ($condition:expr) => {
        if !$condition {
            kernel::kunit::err(kernel::prelude::fmt!(
                "    # expected {} at {}:{}\n",
                core::stringify!($condition),
                core::file!(),
                core::line!()
            ));
            return Err(kernel::error::code::EINVAL);
        }
    };
}

#[cfg(not(MODULE))]
mod anon_vma;
#[cfg(not(MODULE))]
mod detached;
mod fixture;
#[cfg(not(MODULE))]
mod folio;
mod i_mmap;
mod insert_page;
#[cfg(all(not(MODULE), CONFIG_NUMA))]
mod mempolicy;
mod mmap_lock;
mod own_lock;
mod owner;
mod page_table;
mod pair;
mod pid;
mod pmd_lock;
mod pte_lock;
#[cfg(not(MODULE))]
mod pte_map;
mod pte_rcu;
mod rcu;
#[cfg(not(MODULE))]
mod rmap;
mod sizes;
mod speculate;
#[cfg(all(not(MODULE), CONFIG_MMGUARD_SPLAT_TEST))]
mod splat;
mod stable;
#[cfg(not(MODULE))]
mod stack;
#[cfg(not(MODULE))]
mod table_alloc;
mod vma;
mod vma_lock;
mod walk;
#[cfg(not(MODULE))]
mod young;
mod zap;
