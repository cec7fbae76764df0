// SPDX-License-Identifier: GPL-2.0-only

//! The lock context: from where a task locks an mm.

use super::{
    assertions,
    order::{
        After,
        HugetlbIMmapRwsem,
        LockLevel,
        PageTableLock,
        Unlocked,
        VmaLock, //
    },
    rights::{
        FreezesRange,
        Sealed, //
    },
    IMmapGuard,
    MmGuard,
    MmapLockState,
    NoTable,
    OrderedMutex,
    OrderedMutexGuard,
    PageTableLockGuard,
    PmdEntry,
    PmdLockGuard,
    PteLockGuard,
    PteLockPair,
    PteTableRcu,
    PudEntry,
    RmapRead,
    RmapWrite,
    StableGuard,
    Vma,
    VmaPair,
    VmaRead,
    VmaReadGuard,
    VmaReadOrRead,
    VmaWrite,
    VmaWriteGuard, //
};
use core::marker::PhantomData;
use kernel::{
    fs::LocalFile,
    mm::MmWithUser,
    types::NotThreadSafe, //
};

/// A task's way to the locks of one mm.
///
/// Every guard borrows the context exclusively for as long as it lives. While a guard lives, no
/// other lock of the mm can be taken through this context, other than by methods of the guard.
///
/// The context holds no lock by itself. It borrows a [`MmWithUser`], so `mm_users` stays above
/// zero while any guard lives, and dropping the last user reference of an mm under one of its
/// guards does not compile. A bare [`Mm`] has no such count and gives no lock.
///
/// `H` is the innermost lock that the task holds already, as far as the context knows: it is
/// [`Unlocked`] in [`LockContext::new`], and another level in [`LockScope::context`]. A lock that
/// the [order](super::order) has outside of `H` is not taken.
///
/// The context is meant to stay local: a function takes the guard that it needs, not a context.
///
/// # Examples
///
/// ```
/// use kernel::mm::{
///     guard::LockContext,
///     MmWithUser, //
/// };
///
/// /// Returns the size in bytes of the VMA that contains `addr`.
/// fn size_of_vma(mm: &MmWithUser, addr: usize) -> Result<usize> {
///     let mut ctx = LockContext::new(mm);
///     let mm = ctx.mmap_read_lock();
///     let vma = mm.vma_lookup(addr).ok_or(EFAULT)?;
///     Ok(vma.end() - vma.start())
/// }
/// ```
///
/// [`Mm`]: kernel::mm::Mm
pub struct LockContext<'m, H: LockLevel = Unlocked> {
    pub(super) mm: &'m MmWithUser,
    _held: PhantomData<H>,
    // Locks are dropped by the task that took them.
    _nts: NotThreadSafe,
}

impl<'m> LockContext<'m> {
    /// Creates a context for the locks of `mm`, for a task that holds none.
    ///
    /// Takes no lock and does not sleep. A task has one context for an mm at a time: the compiler
    /// cannot see that two contexts are for the same mm, and with a second one a task may wait for
    /// itself. Where a driver is called back, a lock is held already, and no context is made. With
    /// `CONFIG_DEBUG_VM` and lockdep, a context for an mm is reported whose locks the task has.
    #[inline]
    pub fn new(mm: &'m MmWithUser) -> Self {
        Self::below(mm)
    }
}

impl<'m, H: LockLevel> LockContext<'m, H> {
    #[inline]
    fn below(mm: &'m MmWithUser) -> Self {
        // SAFETY: The mm is valid.
        unsafe { assertions::none_held(mm.as_raw()) };
        Self {
            mm,
            _held: PhantomData,
            _nts: NotThreadSafe,
        }
    }
}

/// A task that holds no lock, as far as this tells: where an order of locks without an mm begins.
pub struct NothingHeld(NotThreadSafe);

impl NothingHeld {
    /// Begins with no lock. As with [`LockContext::new`], once for a task, and not where a lock of
    /// an mm is held already, which is reported in the same way.
    #[inline]
    pub fn new() -> Self {
        // SAFETY: Null stands for any mm.
        unsafe { assertions::none_held(core::ptr::null_mut()) };
        Self(NotThreadSafe)
    }
}

impl Default for NothingHeld {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

/// Something under which further locks may be taken: a context, or the guard of a lock.
///
/// Each lock that is taken borrows it exclusively, and is a scope itself. So the innermost lock is
/// known to the compiler, and only what the [order](super::order) has further in can be taken.
#[diagnostic::on_unimplemented(
    message = "no lock is taken under `{Self}`: it is no context, and no guard of a sleeping lock",
    label = "not a scope in which a lock may be taken"
)]
pub trait LockScope: Sealed {
    /// The innermost lock that is held.
    type Innermost: LockLevel;

    /// What the lock gives access to, for use beside the locks that are taken under it.
    type Held: ?Sized;

    /// Parts what the lock gives access to from the scope for further locks.
    ///
    /// A lock that is taken under a guard borrows it exclusively. To read what the guard holds
    /// meanwhile, take the lock in the scope that this returns.
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>);

    /// A context for another mm, under what is held here.
    #[inline]
    fn context<'a>(&'a mut self, mm: &'a MmWithUser) -> LockContext<'a, Self::Innermost> {
        LockContext::below(mm)
    }

    /// Takes a lock of the caller's own.
    ///
    /// Sleeps until nobody else has it. C: `mutex_lock()`.
    #[inline]
    fn lock<'a, L, T: ?Sized>(
        &'a mut self,
        mutex: &'a OrderedMutex<L, T>,
    ) -> OrderedMutexGuard<'a, L, T>
    where
        L: LockLevel,
        OrderedMutex<L, T>: After<Self::Innermost>,
    {
        OrderedMutexGuard::lock(mutex)
    }

    /// Takes a lock of the caller's own, if that is possible at once.
    ///
    /// Does not sleep. C: `mutex_trylock()`.
    #[inline]
    #[must_use = "the mutex is released at once if the guard is not kept"]
    fn try_lock<'a, L, T: ?Sized>(
        &'a mut self,
        mutex: &'a OrderedMutex<L, T>,
    ) -> Option<OrderedMutexGuard<'a, L, T>>
    where
        L: LockLevel,
        OrderedMutex<L, T>: After<Self::Innermost>,
    {
        OrderedMutexGuard::try_lock(mutex)
    }

    /// Takes the lock of the VMAs that map a file, for reading.
    ///
    /// The file may be hugetlb's, whose lock comes further out than that of others. Sleeps until no
    /// writer has it. C: `i_mmap_lock_read()`.
    #[inline]
    fn i_mmap_lock_read<'a>(&'a mut self, file: &'a LocalFile) -> IMmapGuard<'a, RmapRead>
    where
        HugetlbIMmapRwsem: After<Self::Innermost>,
    {
        IMmapGuard::lock(file)
    }

    /// Takes the lock of the VMAs that map a file, for reading, if that is possible at once.
    ///
    /// Does not sleep. C: `i_mmap_trylock_read()`.
    #[inline]
    #[must_use = "the i_mmap lock is released at once if the guard is not kept"]
    fn i_mmap_trylock_read<'a>(
        &'a mut self,
        file: &'a LocalFile,
    ) -> Option<IMmapGuard<'a, RmapRead>>
    where
        HugetlbIMmapRwsem: After<Self::Innermost>,
    {
        IMmapGuard::trylock(file)
    }

    /// Takes the lock of the VMAs that map a file, for writing.
    ///
    /// Sleeps until nobody else has it. C: `i_mmap_lock_write()`.
    #[inline]
    fn i_mmap_lock_write<'a>(&'a mut self, file: &'a LocalFile) -> IMmapGuard<'a, RmapWrite>
    where
        HugetlbIMmapRwsem: After<Self::Innermost>,
    {
        IMmapGuard::lock(file)
    }

    /// Takes the lock of the VMAs that map a file, for writing, if that is possible at once.
    ///
    /// Does not sleep. C: `i_mmap_trylock_write()`.
    #[inline]
    #[must_use = "the i_mmap lock is released at once if the guard is not kept"]
    fn i_mmap_trylock_write<'a>(
        &'a mut self,
        file: &'a LocalFile,
    ) -> Option<IMmapGuard<'a, RmapWrite>>
    where
        HugetlbIMmapRwsem: After<Self::Innermost>,
    {
        IMmapGuard::trylock(file)
    }

    /// Locks the PTE table below a PMD entry, if there is one.
    ///
    /// Spins until the lock is free. C: `pte_offset_map_lock()`.
    ///
    /// # Errors
    ///
    /// [`NoTable`] if the entry is empty or maps a huge page, which is nothing unusual.
    ///
    /// # Examples
    ///
    /// Counts the pages of a VMA that are present, without those that are mapped by a larger leaf.
    ///
    /// ```
    /// use kernel::mm::guard::{
    ///     LockScope,
    ///     StableGuard, //
    /// };
    ///
    /// fn present(guard: &mut StableGuard<'_>) -> Result<usize> {
    ///     let (vma, mut scope) = guard.split();
    ///     let mut count = 0;
    ///     let tables = vma.tables()?;
    ///     let mut addr = vma.start();
    ///     while addr < vma.end() {
    ///         let table = tables
    ///             .pmd_entry(addr)
    ///             .and_then(|pmd| scope.lock_pte_table(&pmd));
    ///         addr = match table {
    ///             Ok(table) => {
    ///                 count += table.iter().filter(|(_, pte)| pte.is_present()).count();
    ///                 table.end()
    ///             }
    ///             Err(no_table) => no_table.end(),
    ///         };
    ///     }
    ///     Ok(count)
    /// }
    /// ```
    #[inline]
    fn lock_pte_table<'a, L: FreezesRange>(
        &'a mut self,
        pmd: &PmdEntry<'a, L>,
    ) -> Result<PteLockGuard<'a, L>, NoTable>
    where
        PageTableLock: After<Self::Innermost>,
    {
        PteLockGuard::lock(pmd)
    }

    /// Locks the PTE tables below two PMD entries, which may be one, if there are both.
    ///
    /// They are locked in the order of their locks' addresses. Spins until the locks are free.
    /// C: as `double_pt_lock()` in `mm/userfaultfd.c`.
    ///
    /// # Errors
    ///
    /// As [`lock_pte_table`](Self::lock_pte_table), of the entry that leads to no table.
    #[inline]
    fn lock_pte_tables<'a, L: FreezesRange, M: FreezesRange>(
        &'a mut self,
        first: &PmdEntry<'a, L>,
        second: &PmdEntry<'a, M>,
    ) -> Result<PteLockPair<'a, L, M>, NoTable>
    where
        PageTableLock: After<Self::Innermost>,
    {
        PteLockPair::lock(first, second)
    }

    /// Maps the PTE table below a PMD entry without its lock, if there is one.
    ///
    /// Does not sleep. C: `pte_offset_map()`.
    ///
    /// # Errors
    ///
    /// As [`lock_pte_table`](Self::lock_pte_table).
    #[inline]
    fn map_pte_table_rcu<'a, L: FreezesRange>(
        &'a mut self,
        pmd: &PmdEntry<'a, L>,
    ) -> Result<PteTableRcu<'a, L>, NoTable>
    where
        PageTableLock: After<Self::Innermost>,
    {
        PteTableRcu::map(pmd)
    }

    /// Locks the PMD table that an entry is in.
    ///
    /// Spins until the lock is free. C: `pmd_lock()`.
    #[inline]
    fn lock_pmd_table<'a, L: FreezesRange>(
        &'a mut self,
        pmd: &PmdEntry<'a, L>,
    ) -> PmdLockGuard<'a, L>
    where
        PageTableLock: After<Self::Innermost>,
    {
        PmdLockGuard::lock(pmd)
    }

    /// Takes the `page_table_lock` of an mm, for a PUD entry and all that is above it.
    ///
    /// Spins until the lock is free. C: `pud_lock()`.
    #[inline]
    fn page_table_lock<'a, L: FreezesRange>(
        &'a mut self,
        pud: &PudEntry<'a, L>,
    ) -> PageTableLockGuard<'a, L>
    where
        PageTableLock: After<Self::Innermost>,
    {
        PageTableLockGuard::lock(pud)
    }
}

/// The scope for locks under a guard, made by [`LockScope::split`].
pub struct InnerScope<'a, L: LockLevel> {
    _under: PhantomData<(&'a mut (), L)>,
    _nts: NotThreadSafe,
}

impl<L: LockLevel> InnerScope<'_, L> {
    #[inline]
    pub(super) fn new() -> Self {
        Self {
            _under: PhantomData,
            _nts: NotThreadSafe,
        }
    }
}

impl Sealed for NothingHeld {}
#[diagnostic::do_not_recommend]
impl LockScope for NothingHeld {
    type Innermost = Unlocked;
    type Held = ();

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (&(), InnerScope::new())
    }
}

impl<H: LockLevel> Sealed for LockContext<'_, H> {}
#[diagnostic::do_not_recommend]
impl<H: LockLevel> LockScope for LockContext<'_, H> {
    type Innermost = H;
    type Held = ();

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (&(), InnerScope::new())
    }
}

impl<S: MmapLockState> Sealed for MmGuard<'_, S> {}
#[diagnostic::do_not_recommend]
impl<S: MmapLockState> LockScope for MmGuard<'_, S> {
    type Innermost = S::Innermost;
    type Held = Self;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

impl Sealed for VmaReadGuard<'_> {}
#[diagnostic::do_not_recommend]
impl<'c> LockScope for VmaReadGuard<'c> {
    type Innermost = VmaLock;
    type Held = Vma<'c, VmaRead>;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

impl Sealed for StableGuard<'_> {}
#[diagnostic::do_not_recommend]
impl<'c> LockScope for StableGuard<'c> {
    type Innermost = VmaLock;
    type Held = Vma<'c, VmaReadOrRead>;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

impl Sealed for VmaWriteGuard<'_> {}
#[diagnostic::do_not_recommend]
impl<'w> LockScope for VmaWriteGuard<'w> {
    type Innermost = VmaLock;
    type Held = Vma<'w, VmaWrite>;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

impl Sealed for VmaPair<'_> {}
#[diagnostic::do_not_recommend]
impl LockScope for VmaPair<'_> {
    type Innermost = VmaLock;
    type Held = Self;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

impl<L: LockLevel> Sealed for InnerScope<'_, L> {}
#[diagnostic::do_not_recommend]
impl<L: LockLevel> LockScope for InnerScope<'_, L> {
    type Innermost = L;
    type Held = ();

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (&(), InnerScope::new())
    }
}
