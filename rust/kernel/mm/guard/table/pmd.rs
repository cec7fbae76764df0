// SPDX-License-Identifier: GPL-2.0-only

//! What an entry of a PMD table contains.
//!
//! C header: [`include/linux/pgtable.h`](srctree/include/linux/pgtable.h)

use crate::{
    bindings,
    mm::guard::{
        order::rights::SeesPfns,
        table::NoTableReason, //
    }, //
};

/// What an entry of a PMD table contained when it was read.
///
/// It is a value: to look at it takes no lock, and changes nothing.
#[derive(Clone, Copy)]
pub struct Pmd(bindings::pmd_t);

impl Pmd {
    #[inline]
    pub(in crate::mm::guard) fn from_raw(pmd: bindings::pmd_t) -> Self {
        Self(pmd)
    }

    /// Why the entry leads to no table, or `None` if it leads to one.
    #[inline]
    pub fn no_table_reason(self) -> Option<NoTableReason> {
        // SAFETY: These look at the value.
        unsafe {
            if bindings::pmd_none(self.0) != 0 {
                Some(NoTableReason::Empty)
            } else if bindings::pmd_present(self.0) == 0 {
                Some(NoTableReason::NotPresent)
            } else if bindings::pmd_leaf(self.0) {
                Some(NoTableReason::Leaf)
            } else if bindings::pmd_bad(self.0) != 0 {
                Some(NoTableReason::Bad)
            } else {
                None
            }
        }
    }

    /// Whether the entry is a leaf: a huge page that is present. C: `pmd_leaf()`.
    #[inline]
    pub fn is_leaf(self) -> bool {
        self.no_table_reason() == Some(NoTableReason::Leaf)
    }
}

/// Predicates of a huge page, false for all else.
macro_rules! leaf_predicates {
    ($($(#[$doc:meta])* $name:ident: $c:ident;)+) => {
        impl Pmd {
            $(
                $(#[$doc])*
                #[inline]
                pub fn $name(self) -> bool {
                    #[cfg(CONFIG_TRANSPARENT_HUGEPAGE)]
                    // SAFETY: This looks at the value.
                    return self.is_leaf() && unsafe { bindings::$c(self.0) != 0 };
                    #[cfg(not(CONFIG_TRANSPARENT_HUGEPAGE))]
                    false
                }
            )+
        }
    };
}

leaf_predicates! {
    /// Whether the huge page was accessed since this was last cleared. C: `pmd_young()`.
    is_young: pmd_young;
    /// Whether the huge page was written through this entry. C: `pmd_dirty()`.
    is_dirty: pmd_dirty;
    /// Whether the huge page may be written. C: `pmd_write()`.
    is_writable: pmd_write;
}

impl Pmd {
    /// Whether the entry maps no page that is counted, such as the huge zero page.
    /// C: `pmd_special()`.
    #[inline]
    pub fn is_special(self) -> bool {
        #[cfg(CONFIG_TRANSPARENT_HUGEPAGE)]
        // SAFETY: This looks at the value.
        return self.is_leaf() && unsafe { bindings::pmd_special(self.0) };
        #[cfg(not(CONFIG_TRANSPARENT_HUGEPAGE))]
        false
    }

    /// Whether a huge page is being migrated. C: `pmd_is_migration_entry()`.
    #[inline]
    pub fn is_migration(self) -> bool {
        #[cfg(CONFIG_TRANSPARENT_HUGEPAGE)]
        // SAFETY: This looks at the value.
        return unsafe { bindings::pmd_is_migration_entry(self.0) };
        #[cfg(not(CONFIG_TRANSPARENT_HUGEPAGE))]
        false
    }

    /// Whether the page was written since soft-dirty bits were last cleared.
    /// C: `pmd_soft_dirty()`, `pmd_swp_soft_dirty()`.
    #[inline]
    pub fn is_soft_dirty(self) -> bool {
        #[cfg(CONFIG_TRANSPARENT_HUGEPAGE)]
        // SAFETY: These look at the value.
        return unsafe {
            match self.no_table_reason() {
                Some(NoTableReason::Leaf) => bindings::pmd_soft_dirty(self.0) != 0,
                Some(NoTableReason::NotPresent) => bindings::pmd_swp_soft_dirty(self.0) != 0,
                _ => false,
            }
        };
        #[cfg(not(CONFIG_TRANSPARENT_HUGEPAGE))]
        false
    }

    /// Whether userfaultfd tracks the page. C: `pmd_uffd()`, `pmd_swp_uffd()`.
    #[inline]
    pub fn is_uffd(self) -> bool {
        #[cfg(CONFIG_TRANSPARENT_HUGEPAGE)]
        // SAFETY: These look at the value.
        return unsafe {
            match self.no_table_reason() {
                Some(NoTableReason::Leaf) => bindings::pmd_uffd(self.0) != 0,
                Some(NoTableReason::NotPresent) => bindings::pmd_swp_uffd(self.0) != 0,
                _ => false,
            }
        };
        #[cfg(not(CONFIG_TRANSPARENT_HUGEPAGE))]
        false
    }

    /// The number of the first page frame of the huge page, or `None` if the entry is no leaf.
    /// C: `pmd_pfn()`.
    #[inline]
    pub fn pfn(self, _who: &SeesPfns) -> Option<usize> {
        #[cfg(CONFIG_TRANSPARENT_HUGEPAGE)]
        // SAFETY: This looks at the value.
        return self.is_leaf().then(|| unsafe { bindings::pmd_pfn(self.0) });
        #[cfg(not(CONFIG_TRANSPARENT_HUGEPAGE))]
        None
    }
}
