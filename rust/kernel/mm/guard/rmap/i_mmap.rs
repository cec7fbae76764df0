// SPDX-License-Identifier: GPL-2.0-only

//! The lock of the VMAs that map a file.
//!
//! `mapping->i_mmap_rwsem` guards the interval tree of those VMAs, by which the kernel finds the
//! VMAs that map a page of the file. A walker of the tree holds it for reading. A task that adds a
//! VMA to the tree, removes one, or changes the range of one holds it for writing.
//!
//! C header: [`include/linux/fs.h`](srctree/include/linux/fs.h)

use crate::{
    bindings,
    mm::guard::order::{
        assertions::assertion,
        level::{
            After,
            HugetlbIMmapRwsem,
            IMmapRwsem, //
        },
        rights::{
            stays_with_its_task,
            Sealed, //
        },
        InnerScope,
        LockScope, //
    }, //
};
use core::{
    marker::PhantomData,
    ptr::NonNull, //
};
use kernel::{
    fs::LocalFile,
    types::NotThreadSafe, //
};

assertion! {
    /// The `i_mmap_rwsem` of a mapping is held. C: `i_mmap_assert_locked()`.
    fn assert_mapping_locked(mapping: *mut bindings::address_space) {
        bindings::i_mmap_assert_locked(mapping);
    }
}

assertion! {
    /// The `i_mmap_rwsem` of a mapping is held for writing. C: `i_mmap_assert_write_locked()`.
    fn assert_mapping_write_locked(mapping: *mut bindings::address_space) {
        bindings::i_mmap_assert_write_locked(mapping);
    }
}

/// How a reverse-mapping lock is held: [`RmapRead`] or [`RmapWrite`].
///
/// # Safety
///
/// The functions must take and release the lock in this mode. `i_mmap_assert_held` must not report
/// a lock that is held in this mode.
pub unsafe trait RmapMode: Sealed {
    /// Takes the `i_mmap_rwsem` of a mapping.
    ///
    /// # Safety
    ///
    /// `mapping` must be valid.
    #[doc(hidden)]
    unsafe fn i_mmap_lock(mapping: *mut bindings::address_space);

    /// Takes it if that is possible at once, and returns whether it did.
    ///
    /// # Safety
    ///
    /// `mapping` must be valid.
    #[doc(hidden)]
    unsafe fn i_mmap_trylock(mapping: *mut bindings::address_space) -> bool;

    /// Releases it.
    ///
    /// # Safety
    ///
    /// The calling task must hold the lock in this mode, and give it up.
    #[doc(hidden)]
    unsafe fn i_mmap_unlock(mapping: *mut bindings::address_space);

    /// Asserts that it is held in this mode, in a kernel with `CONFIG_DEBUG_VM`.
    ///
    /// With lockdep, reading is asserted also where it is held for writing. Without lockdep nothing
    /// is asserted.
    ///
    /// # Safety
    ///
    /// `mapping` must be valid.
    unsafe fn i_mmap_assert_held(mapping: *mut bindings::address_space);
}

/// A reverse-mapping lock is held for reading.
pub enum RmapRead {}

/// A reverse-mapping lock is held for writing.
pub enum RmapWrite {}

impl Sealed for RmapRead {}
impl Sealed for RmapWrite {}

// SAFETY: These are the functions of C for a read lock.
unsafe impl RmapMode for RmapRead {
    #[inline]
    unsafe fn i_mmap_lock(mapping: *mut bindings::address_space) {
        // SAFETY: By the safety requirements, the mapping is valid.
        unsafe { bindings::i_mmap_lock_read(mapping) }
    }

    #[inline]
    unsafe fn i_mmap_trylock(mapping: *mut bindings::address_space) -> bool {
        // SAFETY: By the safety requirements, the mapping is valid.
        unsafe { bindings::i_mmap_trylock_read(mapping) != 0 }
    }

    #[inline]
    unsafe fn i_mmap_unlock(mapping: *mut bindings::address_space) {
        // SAFETY: By the safety requirements, the caller holds the read lock and gives it up.
        unsafe { bindings::i_mmap_unlock_read(mapping) }
    }

    #[inline]
    unsafe fn i_mmap_assert_held(mapping: *mut bindings::address_space) {
        // SAFETY: By the safety requirements, the mapping is valid.
        unsafe { assert_mapping_locked(mapping) }
    }
}

// SAFETY: These are the functions of C for a write lock.
unsafe impl RmapMode for RmapWrite {
    #[inline]
    unsafe fn i_mmap_lock(mapping: *mut bindings::address_space) {
        // SAFETY: By the safety requirements, the mapping is valid.
        unsafe { bindings::i_mmap_lock_write(mapping) }
    }

    #[inline]
    unsafe fn i_mmap_trylock(mapping: *mut bindings::address_space) -> bool {
        // SAFETY: By the safety requirements, the mapping is valid.
        unsafe { bindings::i_mmap_trylock_write(mapping) != 0 }
    }

    #[inline]
    unsafe fn i_mmap_unlock(mapping: *mut bindings::address_space) {
        // SAFETY: By the safety requirements, the caller holds the write lock and gives it up.
        unsafe { bindings::i_mmap_unlock_write(mapping) }
    }

    #[inline]
    unsafe fn i_mmap_assert_held(mapping: *mut bindings::address_space) {
        // SAFETY: By the safety requirements, the mapping is valid.
        unsafe { assert_mapping_write_locked(mapping) }
    }
}

/// The lock of the VMAs that map a file, held for reading ([`RmapRead`]) or writing
/// ([`RmapWrite`]).
///
/// It pins no mm: a VMA of the file may belong to a process that is exiting. Dropping the guard
/// releases the lock. It does not sleep.
///
/// Taken by [`i_mmap_lock_read`] and the functions beside it.
///
/// # Examples
///
/// ```
/// use kernel::{
///     fs::LocalFile,
///     mm::guard::{
///         order::NothingHeld,
///         rmap::i_mmap::i_mmap_lock_read, //
///     }, //
/// };
///
/// /// Tells whether anybody has mapped the file.
/// fn is_mapped(file: &LocalFile) -> bool {
///     let mut nothing = NothingHeld::new();
///     let mapping = i_mmap_lock_read(&mut nothing, file);
///     mapping.is_mapped()
/// }
/// ```
///
/// # Invariants
///
/// The task that made this guard holds the `i_mmap_rwsem` of `mapping` in mode `M`, the guard owns
/// that hold, and the mapping stays valid for `'a`.
#[must_use = "the i_mmap lock is released at once if the guard is not kept"]
pub struct IMmapGuard<'a, M: RmapMode> {
    pub(in crate::mm::guard) mapping: NonNull<bindings::address_space>,
    _mode: PhantomData<(&'a LocalFile, M)>,
    // The lock is released by the task that took it.
    _nts: NotThreadSafe,
}

stays_with_its_task!(IMmapGuard<M: RmapMode>);

impl<'a, M: RmapMode> IMmapGuard<'a, M> {
    #[inline]
    fn lock(file: &'a LocalFile) -> Self {
        let mapping = mapping(file);
        // SAFETY: The mapping is valid, as the file keeps it and is borrowed.
        unsafe { M::i_mmap_lock(mapping.as_ptr()) };
        // SAFETY: The lock was just taken. The file keeps the mapping, and is borrowed for `'a`.
        unsafe { Self::from_raw(mapping) }
    }

    #[inline]
    fn trylock(file: &'a LocalFile) -> Option<Self> {
        let mapping = mapping(file);
        // SAFETY: The mapping is valid, as the file keeps it and is borrowed.
        if unsafe { M::i_mmap_trylock(mapping.as_ptr()) } {
            // SAFETY: The lock was just taken. The file keeps the mapping, and is borrowed for
            // `'a`.
            Some(unsafe { Self::from_raw(mapping) })
        } else {
            None
        }
    }

    /// Makes the guard of a lock that is held.
    ///
    /// # Safety
    ///
    /// The calling task must hold the `i_mmap_rwsem` of `mapping` in mode `M`, must leave its
    /// release to the guard, and the mapping must stay valid for `'a`.
    #[inline]
    pub unsafe fn from_raw(mapping: NonNull<bindings::address_space>) -> Self {
        // SAFETY: By the safety requirements, the mapping is valid.
        unsafe { M::i_mmap_assert_held(mapping.as_ptr()) };
        // INVARIANT: By the safety requirements.
        Self {
            mapping,
            _mode: PhantomData,
            _nts: NotThreadSafe,
        }
    }

    /// Whether any VMA maps the file. C: `mapping_mapped()`.
    #[inline]
    pub fn is_mapped(&self) -> bool {
        // SAFETY: By the type invariants, the mapping is valid, and the lock is held, without which
        // nobody changes the tree.
        unsafe { bindings::mapping_mapped(self.mapping.as_ptr()) != 0 }
    }
}

/// Takes the lock of the VMAs that map a file, for reading, under what `scope` holds.
///
/// The file may be one of hugetlb, and the lock of such a file comes further out than others.
/// Sleeps until no writer has it. C: `i_mmap_lock_read()`.
#[inline]
pub fn i_mmap_lock_read<'a, G: LockScope>(
    _scope: &'a mut G,
    file: &'a LocalFile,
) -> IMmapGuard<'a, RmapRead>
where
    HugetlbIMmapRwsem: After<G::Innermost>,
{
    IMmapGuard::lock(file)
}

/// Takes the lock of the VMAs that map a file, for writing, under what `scope` holds.
///
/// The file may be one of hugetlb, and the lock of such a file comes further out than others.
/// Sleeps until nobody else has it. C: `i_mmap_lock_write()`.
#[inline]
pub fn i_mmap_lock_write<'a, G: LockScope>(
    _scope: &'a mut G,
    file: &'a LocalFile,
) -> IMmapGuard<'a, RmapWrite>
where
    HugetlbIMmapRwsem: After<G::Innermost>,
{
    IMmapGuard::lock(file)
}

/// As [`i_mmap_lock_read`], if that is possible at once.
///
/// Does not sleep. C: `i_mmap_trylock_read()`.
#[inline]
#[must_use = "the i_mmap lock is released at once if the guard is not kept"]
pub fn i_mmap_trylock_read<'a, G: LockScope>(
    _scope: &'a mut G,
    file: &'a LocalFile,
) -> Option<IMmapGuard<'a, RmapRead>>
where
    HugetlbIMmapRwsem: After<G::Innermost>,
{
    IMmapGuard::trylock(file)
}

/// As [`i_mmap_lock_write`], if that is possible at once.
///
/// Does not sleep. C: `i_mmap_trylock_write()`.
#[inline]
#[must_use = "the i_mmap lock is released at once if the guard is not kept"]
pub fn i_mmap_trylock_write<'a, G: LockScope>(
    _scope: &'a mut G,
    file: &'a LocalFile,
) -> Option<IMmapGuard<'a, RmapWrite>>
where
    HugetlbIMmapRwsem: After<G::Innermost>,
{
    IMmapGuard::trylock(file)
}

/// The mapping of a file: the `address_space` of its pages.
#[inline]
fn mapping(file: &LocalFile) -> NonNull<bindings::address_space> {
    // SAFETY: The file is valid and open, so it has a mapping. `coda_file_mmap()` may replace that
    // at the same time, hence the volatile load. Both mappings are valid for as long as the file.
    unsafe { NonNull::new_unchecked((&raw const (*file.as_ptr()).f_mapping).read_volatile()) }
}

impl<M: RmapMode> Drop for IMmapGuard<'_, M> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, this task holds the lock in mode `M`, and the guard owns
        // that hold, which ends here.
        unsafe { M::i_mmap_unlock(self.mapping.as_ptr()) };
    }
}

impl<M: RmapMode> Sealed for IMmapGuard<'_, M> {}
#[diagnostic::do_not_recommend]
impl<M: RmapMode> LockScope for IMmapGuard<'_, M> {
    type Innermost = IMmapRwsem;
    type Held = Self;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
