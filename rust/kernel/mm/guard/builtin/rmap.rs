// SPDX-License-Identifier: GPL-2.0-only

//! VMAs and the reverse mapping: the VMAs that map a file, and how to keep all tasks out of a VMA.
//!
//! A VMA found through a reverse mapping is held by that lock alone. Its range stays as it is.
//! Other fields may change, and its mm may be exiting.
//!
//! Not for modules: the trees are not exported.
//!
//! C source: `mm/interval_tree.c`, `take_rmap_locks()` in `mm/mremap.c`

use crate::{
    bindings,
    mm::guard::{
        builtin::anon_vma::{
            assert_anon_vma_lock_write,
            AnonVmaMode, //
        },
        order::{
            assertions::assertion,
            level::AnonVmaRwsem,
            rights::{
                lock_states,
                FreezesRange,
                MayWriteMost,
                Sealed,
                Stabilises, //
            },
            InnerScope,
            LockScope, //
        },
        rmap::i_mmap::{
            assert_mapping_locked,
            assert_mapping_write_locked,
            IMmapGuard,
            RmapMode,
            RmapWrite, //
        },
        table::{
            pmd::Pmd,
            PmdEntry, //
        },
        vma::{
            load_flags,
            lock::{
                assert_vma_write_locked,
                VmaWriteGuard, //
            },
            unstable::Unstable,
            Vma, //
        }, //
    }, //
};
use core::{
    marker::PhantomData,
    ops::{
        Deref,
        DerefMut,
        RangeInclusive, //
    },
    ptr::NonNull, //
};
use kernel::mm::virt::vm_flags_t;

/// The `i_mmap_rwsem` of the file that the VMA maps is held, and no lock of its mm.
pub enum IMmap {}

/// The mmap write lock, the VMA write lock, and the write locks of the reverse mappings that the
/// VMA is in are held.
pub enum VmaWriteAll {}

lock_states! {
    IMmap asserts assert_i_mmap_locked: IsRmapLock;
    VmaWriteAll asserts assert_all_write_locked: Stabilises MayWriteMost MayWriteAll;
}

assertion! {
    /// The `i_mmap_rwsem` of a VMA that maps a file is held. C: `i_mmap_assert_locked()`.
    fn assert_i_mmap_locked(vma: *mut bindings::vm_area_struct) {
        assert_mapping_locked((*(*vma).vm_file).f_mapping);
    }
}

assertion! {
    /// A VMA is write-locked, and so are the reverse mappings that it is in.
    fn assert_all_write_locked(vma: *mut bindings::vm_area_struct) {
        assert_vma_write_locked(vma);
        if !(*vma).vm_file.is_null() {
            assert_mapping_write_locked((*(*vma).vm_file).f_mapping);
        }
        if !(*vma).anon_vma.is_null() {
            assert_anon_vma_lock_write((*vma).anon_vma);
        }
    }
}

/// The lock keeps everyone else out of the VMA, those included that come by a reverse mapping.
///
/// Fields that need this are `vm_start`, `vm_end` and `vm_pgoff`. They are keys of the trees that
/// the VMA is in, so only core mm writes them. Page tables are moved under this, and their entries
/// stay as they are: see [`PmdEntry::get`].
#[diagnostic::on_unimplemented(
    message = "this needs the VMA write lock and the write locks of the VMA's reverse mappings, \
               but only `Vma<'_, {Self}>` is held",
    label = "take them with `VmaWriteAllGuard::lock`"
)]
pub trait MayWriteAll: MayWriteMost {}

/// The lock is one of a reverse mapping, which a writer of most fields does not take.
#[diagnostic::on_unimplemented(
    message = "`{Self}` keeps the fields of a VMA as they are: read them, not the unstable values"
)]
pub trait IsRmapLock: FreezesRange {}

/// An iterator over the VMAs that map pages of a file. Made by [`mapping_vmas`].
///
/// # Invariants
///
/// `next` is null or a VMA in the tree of a mapping whose `i_mmap_rwsem` is held for `'g`.
#[must_use = "an iterator does nothing unless it is asked for its items"]
pub struct IMmapIter<'g> {
    next: *mut bindings::vm_area_struct,
    pgoffs: RangeInclusive<usize>,
    _guard: PhantomData<&'g ()>,
}

/// Iterates over the VMAs that map any of a range of a file's pages, by their offset in pages.
///
/// Does not sleep. C: `mapping_rmap_tree_foreach()`.
#[inline]
pub fn mapping_vmas<'g, M: RmapMode>(
    guard: &'g IMmapGuard<'_, M>,
    pgoffs: RangeInclusive<usize>,
) -> IMmapIter<'g> {
    // INVARIANT: The lock is held, and `guard` is borrowed, for as long as the iterator lives.
    IMmapIter {
        // SAFETY: By the type invariants of `guard`, the mapping is valid, and its lock is held.
        next: unsafe {
            let mapping = guard.mapping.as_ptr();
            bindings::mapping_rmap_tree_iter_first(mapping, *pgoffs.start(), *pgoffs.end())
        },
        pgoffs,
        _guard: PhantomData,
    }
}

impl<'g> Iterator for IMmapIter<'g> {
    type Item = Vma<'g, IMmap>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let vma = NonNull::new(self.next)?;
        // SAFETY: By the type invariants, `vma` is in a tree whose lock is held.
        // INVARIANT: The next VMA is in the same tree.
        self.next = unsafe {
            bindings::mapping_rmap_tree_iter_next(
                vma.as_ptr(),
                *self.pgoffs.start(),
                *self.pgoffs.end(),
            )
        };
        // SAFETY: Whoever removes a VMA from the tree, to free it or to change its range, holds the
        // lock for writing, which is excluded for `'g`.
        Some(unsafe { Vma::from_raw(vma) })
    }
}

/// The VMA write lock, with the write locks of the reverse mappings that the VMA is in.
///
/// Everyone else is kept out of the VMA. Dropping the guard releases the locks of the reverse
/// mappings; it does not sleep. The VMA write lock stays.
///
/// # Invariants
///
/// The task that made this guard holds, beside the VMA write lock, the `i_mmap_rwsem` of the VMA's
/// file for writing, if it has one, and the lock of its `anon_vma` for writing, if it has one. The
/// guard owns those two holds.
#[must_use = "the locks are released at once if the guard is not kept"]
pub struct VmaWriteAllGuard<'a> {
    vma: Vma<'a, VmaWriteAll>,
}

impl<'a> VmaWriteAllGuard<'a> {
    /// Takes the write locks of the reverse mappings that the VMA is in: none, its file's, its
    /// `anon_vma`'s, or both.
    ///
    /// Sleeps until they are free. C: `take_rmap_locks()` of `mm/mremap.c`.
    #[inline]
    pub fn lock(vma: &'a mut VmaWriteGuard<'_>) -> Self {
        let vma = vma.as_non_null();
        // SAFETY: The VMA is write-locked, under the mmap write lock, so `vm_file` and `anon_vma`
        // are not changed, and the VMA keeps both. The order is `i_mmap_rwsem` first.
        unsafe {
            if let Some(mapping) = mapping(vma) {
                RmapWrite::i_mmap_lock(mapping);
            }
            if let Some(anon_vma) = anon_vma(vma) {
                RmapWrite::lock(anon_vma);
            }
        }
        // INVARIANT: The locks were just taken.
        Self {
            // SAFETY: The VMA write lock is held, and borrowed exclusively, for `'a`; those of the
            // reverse mappings were just taken and are held as long as the guard.
            vma: unsafe { Vma::from_raw(vma) },
        }
    }
}

/// The mapping of a VMA's file, if there is one.
///
/// # Safety
///
/// The VMA must be stable.
#[inline]
unsafe fn mapping(vma: NonNull<bindings::vm_area_struct>) -> Option<*mut bindings::address_space> {
    // SAFETY: The VMA is stable, so it keeps its file. The mapping of a file is not changed while a
    // VMA maps the file.
    unsafe {
        let file = (*vma.as_ptr()).vm_file;
        (!file.is_null()).then(|| (*file).f_mapping)
    }
}

/// The `anon_vma` of a VMA, if there is one.
///
/// # Safety
///
/// The VMA must be write-locked.
#[inline]
unsafe fn anon_vma(vma: NonNull<bindings::vm_area_struct>) -> Option<*mut bindings::anon_vma> {
    // SAFETY: By the safety requirements, the VMA is write-locked. A fault that would set the field
    // takes the mmap lock for reading.
    let anon_vma = unsafe { (*vma.as_ptr()).anon_vma };
    (!anon_vma.is_null()).then_some(anon_vma)
}

impl Drop for VmaWriteAllGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        let vma = self.vma.as_non_null();
        // SAFETY: By the type invariants, this task holds the locks, and the guard owns those
        // holds. The VMA is still write-locked, so the fields are the same as in `lock`.
        unsafe {
            if let Some(anon_vma) = anon_vma(vma) {
                RmapWrite::unlock(anon_vma);
            }
            if let Some(mapping) = mapping(vma) {
                RmapWrite::i_mmap_unlock(mapping);
            }
        }
    }
}

impl<'a> Deref for VmaWriteAllGuard<'a> {
    type Target = Vma<'a, VmaWriteAll>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.vma
    }
}

impl DerefMut for VmaWriteAllGuard<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.vma
    }
}

impl Sealed for VmaWriteAllGuard<'_> {}
#[diagnostic::do_not_recommend]
impl<'a> LockScope for VmaWriteAllGuard<'a> {
    type Innermost = AnonVmaRwsem;
    type Held = Vma<'a, VmaWriteAll>;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

impl<L: FreezesRange> PmdEntry<'_, L> {
    /// Reads the entry, which needs no lock of its table. C: `pmdp_get()`.
    ///
    /// Only the hardware changes it, by the accessed and the dirty bit. Whoever else fills, splits
    /// or clears an entry holds the mmap lock, the VMA lock or a lock of the reverse mapping.
    #[inline]
    pub fn get(&self) -> Pmd
    where
        L: MayWriteAll,
    {
        // SAFETY: By the type invariants, the entry is valid.
        Pmd::from_raw(unsafe { bindings::pmdp_get(self.raw()) })
    }
}

/// Fields that a writer may change, as the reverse-mapping locks do not keep it out.
impl<L: IsRmapLock> Vma<'_, L> {
    /// What the flags may be (`vm_flags`).
    #[inline]
    pub fn unstable_flags(&self) -> Unstable<vm_flags_t> {
        // SAFETY: By the type invariants, the VMA is valid. Writers of the flags store the word at
        // once, or set a bit atomically.
        Unstable::new(unsafe { load_flags(self.as_ptr()) })
    }

    /// What the protection bits of new page-table entries may be (`vm_page_prot`).
    #[inline]
    pub fn unstable_page_prot(&self) -> Unstable<bindings::pgprot_t> {
        // SAFETY: By the type invariants, the VMA is valid. It may be written at the same time,
        // hence the volatile load. `vma_set_page_prot()` uses `WRITE_ONCE()`.
        Unstable::new(unsafe { (&raw const (*self.as_ptr()).vm_page_prot).read_volatile() })
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
