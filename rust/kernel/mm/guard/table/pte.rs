// SPDX-License-Identifier: GPL-2.0-only

//! What an entry of a PTE table contains.
//!
//! C headers: [`include/linux/pgtable.h`](srctree/include/linux/pgtable.h),
//! [`include/linux/leafops.h`](srctree/include/linux/leafops.h)

use crate::{
    bindings,
    mm::guard::order::rights::SeesPfns, //
};

/// What an entry of a PTE table contained when it was read.
///
/// It is a value: to look at it takes no lock, and changes nothing.
#[derive(Clone, Copy)]
pub struct Pte(bindings::pte_t);

/// What an entry of a PTE table stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PteKind {
    /// Nothing: it is empty.
    None,
    /// A page that is present, or the page frame of a device.
    Present,
    /// A page that is swapped out.
    Swap,
    /// A page that is being migrated.
    Migration,
    /// No page, but something to remember, as [`Pte::is_guard_marker`] tells.
    Marker,
    /// A page of a device that the CPU cannot access.
    DevicePrivate,
    /// A page that a device has for itself at the moment.
    DeviceExclusive,
    /// A page that has failed.
    HwPoison,
}

/// Predicates of a page that is present, false for all else.
macro_rules! present_predicates {
    ($($(#[$doc:meta])* $name:ident: $c:ident;)+) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(self) -> bool {
            // SAFETY: This looks at the value.
            self.is_present() && unsafe { bindings::$c(self.0) != 0 }
        }
    )+};
}

impl Pte {
    #[inline]
    pub(in crate::mm::guard) fn from_raw(pte: bindings::pte_t) -> Self {
        Self(pte)
    }

    /// The C value, which contains the page frame number.
    #[inline]
    pub fn into_raw(self, _who: &SeesPfns) -> bindings::pte_t {
        self.0
    }

    /// Whether the entry is empty. C: `pte_none()`.
    #[inline]
    pub fn is_none(self) -> bool {
        // SAFETY: This looks at the value.
        unsafe { bindings::pte_none(self.0) != 0 }
    }

    /// Whether a page is present, accessible or not. C: `pte_present()`.
    #[inline]
    pub fn is_present(self) -> bool {
        // SAFETY: This looks at the value.
        unsafe { bindings::pte_present(self.0) != 0 }
    }

    present_predicates! {
        /// Whether the page was accessed since this was last cleared. C: `pte_young()`.
        is_young: pte_young;
        /// Whether the page was written through this entry. C: `pte_dirty()`.
        is_dirty: pte_dirty;
        /// Whether the page may be written. C: `pte_write()`.
        is_writable: pte_write;
        /// Whether the entry maps no page that is counted, such as the zero page.
        /// C: `pte_special()`.
        is_special: pte_special;
    }

    /// Whether the entry maps the zero page. C: `is_zero_pfn()`.
    #[inline]
    pub fn maps_zero_page(self) -> bool {
        // SAFETY: These look at the value.
        self.is_present() && unsafe { bindings::is_zero_pfn(bindings::pte_pfn(self.0)) != 0 }
    }

    /// Whether the page was written since soft-dirty bits were last cleared.
    /// C: `pte_soft_dirty()`, `pte_swp_soft_dirty()`.
    #[inline]
    pub fn is_soft_dirty(self) -> bool {
        // SAFETY: These look at the value.
        unsafe {
            if self.is_present() {
                bindings::pte_soft_dirty(self.0) != 0
            } else {
                !self.is_none() && bindings::pte_swp_soft_dirty(self.0) != 0
            }
        }
    }

    /// Whether userfaultfd tracks the page, or the place of one. C: `pte_uffd()`,
    /// `pte_swp_uffd()`, `softleaf_is_uffd_wp_marker()`.
    #[inline]
    pub fn is_uffd(self) -> bool {
        // SAFETY: These look at the value.
        unsafe {
            if self.is_present() {
                bindings::pte_uffd(self.0) != 0
            } else if self.is_none() {
                false
            } else {
                bindings::pte_swp_uffd(self.0) != 0
                    || bindings::softleaf_is_uffd_wp_marker(bindings::softleaf_from_pte(self.0))
            }
        }
    }

    /// What the entry stands for. C: `softleaf_type()`.
    #[inline]
    pub fn kind(self) -> PteKind {
        if self.is_none() {
            return PteKind::None;
        }
        if self.is_present() {
            return PteKind::Present;
        }
        // SAFETY: These look at the value, which is neither empty nor present.
        unsafe {
            let entry = bindings::softleaf_from_pte(self.0);
            if bindings::softleaf_is_swap(entry) {
                PteKind::Swap
            } else if bindings::softleaf_is_migration(entry) {
                PteKind::Migration
            } else if bindings::softleaf_is_device_private(entry) {
                PteKind::DevicePrivate
            } else if bindings::softleaf_is_device_exclusive(entry) {
                PteKind::DeviceExclusive
            } else if bindings::softleaf_is_hwpoison(entry) {
                PteKind::HwPoison
            } else {
                PteKind::Marker
            }
        }
    }

    /// Whether the entry marks a guard region, as `madvise(MADV_GUARD_INSTALL)` makes.
    #[inline]
    pub fn is_guard_marker(self) -> bool {
        self.kind() == PteKind::Marker
            // SAFETY: These look at the value.
            && unsafe { bindings::softleaf_is_guard_marker(bindings::softleaf_from_pte(self.0)) }
    }

    /// Whether the entry remembers that userfaultfd protects the place from writes.
    #[inline]
    pub fn is_uffd_wp_marker(self) -> bool {
        self.kind() == PteKind::Marker
            // SAFETY: These look at the value.
            && unsafe { bindings::softleaf_is_uffd_wp_marker(bindings::softleaf_from_pte(self.0)) }
    }

    /// Whether the entry marks a page that is poisoned.
    #[inline]
    pub fn is_poison_marker(self) -> bool {
        self.kind() == PteKind::Marker
            // SAFETY: These look at the value.
            && unsafe { bindings::softleaf_is_poison_marker(bindings::softleaf_from_pte(self.0)) }
    }

    /// The number of the page frame, or `None` if no page is present. C: `pte_pfn()`.
    #[inline]
    pub fn pfn(self, _who: &SeesPfns) -> Option<usize> {
        self.is_present()
            // SAFETY: This looks at the value.
            .then(|| unsafe { bindings::pte_pfn(self.0) })
    }
}

/// What an entry of a PTE table is to contain.
///
/// Nothing is asked of it: what an entry says of a page frame number that the caller made up would
/// tell where the kernel is in memory.
#[derive(Clone, Copy)]
pub struct NewPte(bindings::pte_t);

impl NewPte {
    /// Makes it out of the C value.
    #[inline]
    pub fn from_raw(pte: bindings::pte_t) -> Self {
        Self(pte)
    }

    /// An entry for a page frame that is not counted as a page: a device's, or the zero page.
    ///
    /// `pfn` is the number of the page frame. C: `pte_mkspecial()` of `pfn_pte()`.
    #[inline]
    pub fn special(pfn: usize, prot: bindings::pgprot_t) -> Self {
        // SAFETY: These calculate a value.
        Self(unsafe { bindings::pte_mkspecial(bindings::pfn_pte(pfn, prot)) })
    }

    #[inline]
    pub(in crate::mm::guard) fn raw(self) -> bindings::pte_t {
        self.0
    }
}
