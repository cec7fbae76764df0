// SPDX-License-Identifier: GPL-2.0-only

//! Read/write semaphores of a user's own, in the order of the kernel's.
//!
//! Readers share the semaphore, a writer has it alone. A reader does not take it a second time: if
//! a writer waits meanwhile, the second read lock waits for the writer, which waits for the first.
//! Two locks of one level are not taken together, so that does not compile within one chain.
//!
//! C header: [`include/linux/rwsem.h`](srctree/include/linux/rwsem.h)

use crate::{
    bindings,
    mm::guard::order::{
        level::{
            After,
            HasLevel,
            LockLevel, //
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
    cell::UnsafeCell,
    marker::PhantomData,
    mem::forget,
    ops::{
        Deref,
        DerefMut, //
    }, //
};
use kernel::{
    error::to_result,
    prelude::*,
    sync::LockClassKey,
    types::{
        NotThreadSafe,
        Opaque, //
    }, //
};
use pin_init::Wrapper;

/// A read/write semaphore that has a place in the lock order, that of the level `L`.
///
/// It is taken in a scope, and its place is compared with that of the innermost lock that is held
/// there. To take it for reading and to take it for writing have one place.
///
/// # Examples
///
/// ```
/// use kernel::{
///     mm::{
///         guard::order::{
///             level::{
///                 Below,
///                 LockLevel,
///                 VmaLock, //
///             },
///             rw_semaphore::OrderedRwSemaphore,
///             LockContext,
///             NothingHeld, //
///         },
///         MmWithUser, //
///     },
///     static_lock_class, //
/// };
///
/// /// The lock of a device's pages: taken under the lock of a VMA, and so in a fault.
/// struct PagesLock;
///
/// impl LockLevel for PagesLock {
///     type Place = Below<VmaLock>;
/// }
///
/// #[pin_data]
/// struct Device {
///     #[pin]
///     pages: OrderedRwSemaphore<PagesLock, usize>,
/// }
///
/// impl Device {
///     fn new() -> impl PinInit<Self> {
///         pin_init!(Self {
///             pages <- OrderedRwSemaphore::new(3, c"Device::pages", static_lock_class!()),
///         })
///     }
///
///     /// As a fault does: with others, under the lock of a VMA.
///     fn count(&self, mm: &MmWithUser, addr: usize) -> Result<usize> {
///         let mut ctx = LockContext::new(mm);
///         let mut vma = ctx.stabilise(addr)?;
///         Ok(*self.pages.down_read(&mut vma))
///     }
///
///     fn revoke(&self) {
///         *self.pages.down_write(&mut NothingHeld::new()) = 0;
///     }
/// }
///
/// let device = KBox::pin_init(Device::new(), GFP_KERNEL)?;
/// device.revoke();
/// assert_eq!(*device.pages.down_read(&mut NothingHeld::new()), 0);
/// # Ok::<(), Error>(())
/// ```
///
/// # Invariants
///
/// `sem` was initialised. Whoever reads `data` holds it for reading or writing, and whoever writes
/// `data` holds it for writing.
#[pin_data]
pub struct OrderedRwSemaphore<L: LockLevel, T: ?Sized> {
    _level: HasLevel<L>,
    #[pin]
    sem: Opaque<bindings::rw_semaphore>,
    #[pin]
    data: UnsafeCell<T>,
}

// SAFETY: A semaphore that is borrowed by nobody is held by nobody, or by a guard that was leaked.
// What is left of it in either case belongs to no task, so it can go where its data can.
unsafe impl<L: LockLevel, T: ?Sized + Send> Send for OrderedRwSemaphore<L, T> {}

// SAFETY: A writer is alone with the data, and may be any task that has a reference: hence `Send`.
// Readers have the data at the same time: hence `Sync`. C may use the semaphore from any task.
unsafe impl<L: LockLevel, T: ?Sized + Send + Sync> Sync for OrderedRwSemaphore<L, T> {}

/// The semaphore has the place of its level, so that a message about the order names it.
impl<L: LockLevel, T: ?Sized> LockLevel for OrderedRwSemaphore<L, T> {
    type Place = L::Place;
}

impl<L: LockLevel, T> OrderedRwSemaphore<L, T> {
    /// Makes a semaphore that nobody holds. C: `init_rwsem()`.
    ///
    /// The key is that of the lock class, by which lockdep knows the semaphores that are made here:
    /// `static_lock_class!()` makes one for each place that it stands at.
    pub fn new(
        data: impl PinInit<T>,
        name: &'static CStr,
        key: Pin<&'static LockClassKey>,
    ) -> impl PinInit<Self> {
        // INVARIANT: C initialises the semaphore, and nobody has the data yet.
        pin_init!(Self {
            _level: PhantomData,
            // SAFETY: `slot` is valid for writes, and pinned from here on. Name and key are
            // static.
            sem <- Opaque::ffi_init(|slot| unsafe {
                bindings::__init_rwsem(slot, name.as_char_ptr(), key.as_ptr())
            }),
            data <- UnsafeCell::pin_init(data),
        })
    }
}

impl<L: LockLevel, T: ?Sized> OrderedRwSemaphore<L, T> {
    /// Takes the semaphore for reading, under what `scope` holds.
    ///
    /// Sleeps until no writer has it or waits for it. C: `down_read()`.
    #[inline]
    pub fn down_read<'a, G: LockScope>(&'a self, _scope: &'a mut G) -> OrderedReadGuard<'a, L, T>
    where
        Self: After<G::Innermost>,
    {
        // SAFETY: By the type invariants, the semaphore was initialised.
        unsafe { bindings::down_read(self.sem.get()) };
        // INVARIANT: The semaphore was just taken for reading.
        OrderedReadGuard {
            sem: self,
            _nts: NotThreadSafe,
        }
    }

    /// Takes the semaphore for reading, under what `scope` holds, unless the task is killed first.
    ///
    /// Sleeps until no writer has it or waits for it. C: `down_read_killable()`.
    ///
    /// # Errors
    ///
    /// `EINTR` if a fatal signal came first. The semaphore is then not held.
    #[inline]
    pub fn down_read_killable<'a, G: LockScope>(
        &'a self,
        _scope: &'a mut G,
    ) -> Result<OrderedReadGuard<'a, L, T>>
    where
        Self: After<G::Innermost>,
    {
        // SAFETY: By the type invariants, the semaphore was initialised.
        to_result(unsafe { bindings::down_read_killable(self.sem.get()) })?;
        // INVARIANT: The semaphore was just taken for reading.
        Ok(OrderedReadGuard {
            sem: self,
            _nts: NotThreadSafe,
        })
    }

    /// Takes the semaphore for reading, under what `scope` holds, if that is possible at once.
    ///
    /// Does not sleep. C: `down_read_trylock()`.
    #[inline]
    #[must_use = "the semaphore is released at once if the guard is not kept"]
    pub fn down_read_trylock<'a, G: LockScope>(
        &'a self,
        _scope: &'a mut G,
    ) -> Option<OrderedReadGuard<'a, L, T>>
    where
        Self: After<G::Innermost>,
    {
        // SAFETY: By the type invariants, the semaphore was initialised.
        let taken = unsafe { bindings::down_read_trylock(self.sem.get()) } != 0;
        // INVARIANT: The semaphore was just taken for reading.
        taken.then(|| OrderedReadGuard {
            sem: self,
            _nts: NotThreadSafe,
        })
    }

    /// Takes the semaphore for writing, under what `scope` holds.
    ///
    /// Sleeps until nobody else has it. C: `down_write()`.
    #[inline]
    pub fn down_write<'a, G: LockScope>(&'a self, _scope: &'a mut G) -> OrderedWriteGuard<'a, L, T>
    where
        Self: After<G::Innermost>,
    {
        // SAFETY: By the type invariants, the semaphore was initialised.
        unsafe { bindings::down_write(self.sem.get()) };
        // INVARIANT: The semaphore was just taken for writing.
        OrderedWriteGuard {
            sem: self,
            _nts: NotThreadSafe,
        }
    }

    /// Takes the semaphore for writing, under what `scope` holds, unless the task is killed first.
    ///
    /// Sleeps until nobody else has it. C: `down_write_killable()`.
    ///
    /// # Errors
    ///
    /// `EINTR` if a fatal signal came first. The semaphore is then not held.
    #[inline]
    pub fn down_write_killable<'a, G: LockScope>(
        &'a self,
        _scope: &'a mut G,
    ) -> Result<OrderedWriteGuard<'a, L, T>>
    where
        Self: After<G::Innermost>,
    {
        // SAFETY: By the type invariants, the semaphore was initialised.
        to_result(unsafe { bindings::down_write_killable(self.sem.get()) })?;
        // INVARIANT: The semaphore was just taken for writing.
        Ok(OrderedWriteGuard {
            sem: self,
            _nts: NotThreadSafe,
        })
    }

    /// Takes the semaphore for writing, under what `scope` holds, if that is possible at once.
    ///
    /// Does not sleep. C: `down_write_trylock()`.
    #[inline]
    #[must_use = "the semaphore is released at once if the guard is not kept"]
    pub fn down_write_trylock<'a, G: LockScope>(
        &'a self,
        _scope: &'a mut G,
    ) -> Option<OrderedWriteGuard<'a, L, T>>
    where
        Self: After<G::Innermost>,
    {
        // SAFETY: By the type invariants, the semaphore was initialised.
        let taken = unsafe { bindings::down_write_trylock(self.sem.get()) } != 0;
        // INVARIANT: The semaphore was just taken for writing.
        taken.then(|| OrderedWriteGuard {
            sem: self,
            _nts: NotThreadSafe,
        })
    }
}

/// A semaphore of level `L` is held for reading.
///
/// Dropping the guard releases it. It does not sleep. C: `up_read()`.
///
/// # Invariants
///
/// The task that made this guard holds `sem` for reading, and the guard owns that hold.
#[must_use = "the semaphore is released at once if the guard is not kept"]
pub struct OrderedReadGuard<'a, L: LockLevel, T: ?Sized> {
    sem: &'a OrderedRwSemaphore<L, T>,
    // The semaphore is released by the task that took it.
    _nts: NotThreadSafe,
}

/// A semaphore of level `L` is held for writing.
///
/// Dropping the guard releases it. It does not sleep. C: `up_write()`.
///
/// # Invariants
///
/// The task that made this guard holds `sem` for writing, and the guard owns that hold.
#[must_use = "the semaphore is released at once if the guard is not kept"]
pub struct OrderedWriteGuard<'a, L: LockLevel, T: ?Sized> {
    sem: &'a OrderedRwSemaphore<L, T>,
    // The semaphore is released by the task that took it.
    _nts: NotThreadSafe,
}

stays_with_its_task!(
    OrderedReadGuard<L: LockLevel, T>,
    OrderedWriteGuard<L: LockLevel, T>
);

impl<'a, L: LockLevel, T: ?Sized> OrderedWriteGuard<'a, L, T> {
    /// Lets other readers in, and keeps the semaphore for reading.
    ///
    /// It is released at no time in between. Does not sleep. C: `downgrade_write()`.
    #[inline]
    pub fn downgrade(self) -> OrderedReadGuard<'a, L, T> {
        let sem = self.sem;
        forget(self);
        // SAFETY: By the type invariants, this task holds the semaphore for writing. The guard that
        // owned that hold is gone, and does not release it.
        unsafe { bindings::downgrade_write(sem.sem.get()) };
        // INVARIANT: The semaphore is now held for reading, and no other guard owns that hold.
        OrderedReadGuard {
            sem,
            _nts: NotThreadSafe,
        }
    }
}

impl<L: LockLevel, T: ?Sized + Unpin> OrderedWriteGuard<'_, L, T> {
    /// Splits the guard into its data, to be changed, and the scope for further locks.
    ///
    /// As [`LockScope::split`], which lends the data to be read.
    #[inline]
    pub fn split_mut(&mut self) -> (&mut T, InnerScope<'_, L>) {
        (self, InnerScope::new())
    }
}

impl<L: LockLevel, T: ?Sized> Deref for OrderedReadGuard<'_, L, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: By the type invariants, the semaphore is held for reading for as long as the
        // guard is borrowed, so nobody writes.
        unsafe { &*self.sem.data.get() }
    }
}

impl<L: LockLevel, T: ?Sized> Deref for OrderedWriteGuard<'_, L, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: By the type invariants, the semaphore is held for writing for as long as the
        // guard is borrowed, so nobody else has the data. The guard is borrowed to be read.
        unsafe { &*self.sem.data.get() }
    }
}

impl<L: LockLevel, T: ?Sized + Unpin> DerefMut for OrderedWriteGuard<'_, L, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: By the type invariants, the semaphore is held for writing for as long as the
        // guard is borrowed, so nobody else has the data. The guard is borrowed exclusively. The
        // data is pinned, and may be moved all the same, as it is `Unpin`.
        unsafe { &mut *self.sem.data.get() }
    }
}

impl<L: LockLevel, T: ?Sized> Drop for OrderedReadGuard<'_, L, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, this task holds the semaphore for reading, and the guard
        // owns that hold, which ends here.
        unsafe { bindings::up_read(self.sem.sem.get()) };
    }
}

impl<L: LockLevel, T: ?Sized> Drop for OrderedWriteGuard<'_, L, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, this task holds the semaphore for writing, and the guard
        // owns that hold, which ends here.
        unsafe { bindings::up_write(self.sem.sem.get()) };
    }
}

impl<L: LockLevel, T: ?Sized> Sealed for OrderedReadGuard<'_, L, T> {}
#[diagnostic::do_not_recommend]
impl<L: LockLevel, T: ?Sized> LockScope for OrderedReadGuard<'_, L, T> {
    type Innermost = L;
    type Held = T;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

impl<L: LockLevel, T: ?Sized> Sealed for OrderedWriteGuard<'_, L, T> {}
#[diagnostic::do_not_recommend]
impl<L: LockLevel, T: ?Sized> LockScope for OrderedWriteGuard<'_, L, T> {
    type Innermost = L;
    type Held = T;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
