// SPDX-License-Identifier: GPL-2.0-only

//! An object that user space maps, and the lock of what it maps.
//!
//! # What keeps what
//!
//! An object has a file of its own, which is in no folder, and its VMAs map that file:
//!
//! ```text
//! VMA --vm_file--> file --private_data--> VmObject
//!                   |  `--f_mapping-----> the VMAs of the object, and of no other one
//!                   `--f_op->owner------> the module
//! ```
//!
//! C counts the references to the file through every split, merge, fork, move and failure. So each
//! VMA keeps the object, and the module, and none of it is counted here. The file is made when the
//! object is first mapped, and goes with the last VMA. A security module may refuse to make it.
//!
//! As the object has an address space of its own, taking pages back reaches all of its VMAs, in
//! whatever process and wherever they were moved, and no VMA of another object.
//!
//! # One lock
//!
//! The object's lock has a place in the lock order, and protects the state of which the fault
//! handler maps. To map something needs that lock, and so does [`LockedObject::revoke`]. So what
//! was taken back is not mapped anew by a fault that was on its way.
//!
//! C source: `mm/memory.c`, `fs/anon_inodes.c`

use crate::{
    bindings,
    mm::{
        guard::{
            driver::{
                kind::{
                    Kind,
                    OnFault, //
                },
                ops::VmOperations,
                own::OwnVma, //
            },
            order::{
                level::{
                    After,
                    IMmapRwsem, //
                },
                mutex::{
                    OrderedMutex,
                    OrderedMutexGuard, //
                },
                rights::{
                    stays_with_its_task,
                    Sealed,
                    Stabilises, //
                },
                InnerScope,
                LockScope, //
            },
            vma::Vma, //
        },
        owner_module, //
    }, //
};
use core::{
    mem::ManuallyDrop,
    ops::{
        Deref,
        DerefMut,
        Range, //
    },
    ptr, //
};
use kernel::{
    error::from_err_ptr,
    new_spinlock,
    prelude::*,
    str::CStr,
    sync::{
        Arc,
        ArcBorrow,
        Mutex,
        SpinLock, //
    }, //
};

/// Memory of a driver's own, which user space maps.
///
/// `T` has the operations of its VMAs, and the object derefs to it. What the fault handler maps, of
/// the object's [state](VmOperations::State), is under the object's lock.
#[pin_data]
pub struct VmObject<T: VmOperations> {
    #[pin]
    file: SpinLock<FilePtr>,
    name: &'static CStr,
    kind: T::Kind,
    #[pin]
    state: OrderedMutex<T::Level, T::State>,
    data: T,
}

/// The file of an object, or null.
///
/// # Invariants
///
/// While the spinlock of this is held, the file is not freed: its release takes the spinlock first.
struct FilePtr(*mut bindings::file);

// SAFETY: The pointer is used under its spinlock alone, by any task.
unsafe impl Send for FilePtr {}

/// A counted reference to the file of an object.
pub(in crate::mm::guard) struct ObjectFile(*mut bindings::file);

impl ObjectFile {
    #[inline]
    pub(in crate::mm::guard) fn as_ptr(&self) -> *mut bindings::file {
        self.0
    }

    /// Gives the reference away.
    #[inline]
    pub(in crate::mm::guard) fn into_raw(self) -> *mut bindings::file {
        ManuallyDrop::new(self).0
    }
}

impl Drop for ObjectFile {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: This has a reference, and gives it up.
        unsafe { bindings::fput(self.0) };
    }
}

impl<T: VmOperations> VmObject<T> {
    /// What C does with the file: it is released, and that is all.
    const FILE_OPS: bindings::file_operations = bindings::file_operations {
        owner: owner_module::owner_module::<T>(),
        release: Some(Self::release),
        ..pin_init::zeroed()
    };

    /// Makes an object, to be put into an [`Arc`].
    ///
    /// The VMAs are shown with the name `anon_inode:NAME` in `/proc/PID/maps`. `state` is made by
    /// `new_mutex!`.
    pub fn new(
        name: &'static CStr,
        kind: T::Kind,
        data: T,
        state: impl PinInit<Mutex<T::State>>,
    ) -> impl PinInit<Self> {
        pin_init!(Self {
            // INVARIANT: There is no file.
            file <- new_spinlock!(FilePtr(ptr::null_mut()), "VmObject::file"),
            name,
            kind,
            state <- OrderedMutex::new(state),
            data,
        })
    }

    /// What the object maps.
    #[inline]
    pub fn kind(&self) -> &T::Kind {
        &self.kind
    }

    /// Locks the object, under what `scope` holds. Sleeps until nobody else has it locked.
    #[inline]
    pub fn lock<'a, G: LockScope>(&'a self, scope: &'a mut G) -> ObjectGuard<'a, T>
    where
        OrderedMutex<T::Level, T::State>: After<G::Innermost>,
    {
        ObjectGuard {
            state: self.state.lock(scope),
            // INVARIANT: The lock is held by `state`.
            locked: LockedObject { object: self },
        }
    }

    /// Locks the object, under what `scope` holds, if that is possible at once. Does not sleep.
    #[inline]
    #[must_use = "the object is unlocked at once if the guard is not kept"]
    pub fn try_lock<'a, G: LockScope>(&'a self, scope: &'a mut G) -> Option<ObjectGuard<'a, T>>
    where
        OrderedMutex<T::Level, T::State>: After<G::Innermost>,
    {
        Some(ObjectGuard {
            state: self.state.try_lock(scope)?,
            // INVARIANT: The lock is held by `state`.
            locked: LockedObject { object: self },
        })
    }

    /// Locks the object in reclaim, if that is possible at once.
    #[inline]
    pub(in crate::mm::guard) fn try_lock_in_reclaim(&self) -> Option<ObjectGuard<'_, T>> {
        Some(ObjectGuard {
            state: self.state.try_lock_in_reclaim()?,
            // INVARIANT: The lock is held by `state`.
            locked: LockedObject { object: self },
        })
    }

    /// The file, if there is one that has users.
    pub(in crate::mm::guard) fn live_file(&self) -> Option<ObjectFile> {
        let mut file = self.file.lock();
        if file.0.is_null() {
            return None;
        }
        // SAFETY: The pointer is to a file that is not freed, by the invariants. C takes a
        // reference if there are others, and returns null if there are none.
        let file = unsafe { bindings::get_file_active(&mut file.0) };
        (!file.is_null()).then(|| ObjectFile(file))
    }

    /// The file, which is made if there is none. Sleeps.
    pub(in crate::mm::guard) fn file(object: ArcBorrow<'_, Self>) -> Result<ObjectFile> {
        if let Some(file) = object.live_file() {
            return Ok(file);
        }
        let data = Arc::into_raw(Arc::from(object)).cast_mut();
        // SAFETY: The operations are static, and have an owner that C looks at. The name is a
        // string. `release` takes the reference over.
        let new = from_err_ptr(unsafe {
            bindings::anon_inode_create_getfile(
                object.name.as_char_ptr(),
                const { &Self::FILE_OPS },
                data.cast(),
                bindings::O_RDWR as c_int,
                ptr::null(),
            )
        });
        let new = match new {
            Ok(new) => ObjectFile(new),
            Err(err) => {
                // SAFETY: There is no file, so the reference is still ours.
                drop(unsafe { Arc::from_raw(data.cast_const()) });
                return Err(err);
            }
        };
        let mut slot = object.file.lock();
        if !slot.0.is_null() {
            // SAFETY: As in `live_file`.
            let other = unsafe { bindings::get_file_active(&mut slot.0) };
            if !other.is_null() {
                // Another task was faster. `new` is released, which leaves the slot alone.
                drop(slot);
                return Ok(ObjectFile(other));
            }
        }
        // INVARIANT: The release of `new` takes the spinlock first.
        slot.0 = new.as_ptr();
        drop(slot);
        Ok(new)
    }

    /// Called by C when the file has no more users.
    ///
    /// # Safety
    ///
    /// `file` must be one that `Self::file` has made, and have no users.
    unsafe extern "C" fn release(_inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: By the safety requirements, the private data is the reference that `Self::file`
        // put there, and nobody else takes it.
        let object = unsafe { Arc::<Self>::from_raw((*file).private_data.cast_const().cast()) };
        let mut slot = object.file.lock();
        if slot.0 == file {
            // INVARIANT: There is no file.
            slot.0 = ptr::null_mut();
        }
        drop(slot);
        0
    }

    /// Whether a VMA that is stable is one of this object.
    #[inline]
    fn has<L: Stabilises>(&self, vma: &Vma<'_, L>) -> bool {
        // SAFETY: The VMA is stable, and `vm_file` is not written after `mmap()`.
        let file = unsafe { (*vma.as_ptr()).vm_file };
        // The VMA has a reference to its file, so this is not a later one at the same address. The
        // only VMAs that have the object's file are those that `Setup::map` gave it to.
        !file.is_null() && self.file.lock().0 == file
    }
}

impl<T: VmOperations> Deref for VmObject<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.data
    }
}

/// The lock of an object is held.
///
/// Derefs to the state. Dropping the guard releases the lock. It does not sleep.
#[must_use = "the object is unlocked at once if the guard is not kept"]
pub struct ObjectGuard<'a, T: VmOperations> {
    state: OrderedMutexGuard<'a, T::Level, T::State>,
    locked: LockedObject<'a, T>,
}

/// An object whose lock is held.
///
/// # Invariants
///
/// While this is borrowed, the task that made it holds the lock of the object, and no other task
/// has this.
pub struct LockedObject<'a, T: VmOperations> {
    object: &'a VmObject<T>,
}

// The lock may be held for good, by a guard that is leaked. It is still one task that maps.
stays_with_its_task!(LockedObject<T: VmOperations>, ObjectGuard<T: VmOperations>);

impl<T: VmOperations> ObjectGuard<'_, T> {
    /// Splits the guard into the state, the object as a locked one, and the scope for further
    /// locks.
    #[inline]
    pub fn split_mut(
        &mut self,
    ) -> (
        &mut T::State,
        &LockedObject<'_, T>,
        InnerScope<'_, T::Level>,
    )
    where
        T::State: Unpin,
    {
        (&mut self.state, &self.locked, InnerScope::new())
    }

    /// Splits the guard without a scope.
    #[inline]
    pub(in crate::mm::guard) fn in_reclaim(&mut self) -> (&mut T::State, &LockedObject<'_, T>)
    where
        T::State: Unpin,
    {
        (&mut self.state, &self.locked)
    }
}

impl<T: VmOperations> LockedObject<'_, T> {
    /// Whether it is this object.
    #[inline]
    pub(in crate::mm::guard) fn is(&self, object: &VmObject<T>) -> bool {
        ptr::eq(self.object, object)
    }

    /// A VMA as one of this object, if it is one.
    ///
    /// The VMA is known by its file, which only VMAs of the object have: not by its address, where
    /// another one may be by now, nor by its operations.
    #[inline]
    pub fn own<'v, L: Stabilises>(&'v self, vma: &'v Vma<'_, L>) -> Option<OwnVma<'v, L, T>> {
        // INVARIANT: The VMA is one of the object, which is locked.
        self.object.has(vma).then(|| OwnVma::new(vma, self.object))
    }

    /// Takes pages back from all who have them mapped: those of the object from `pages.start` to
    /// before `pages.end`, in pages.
    ///
    /// After this nobody has them mapped, and the next access faults, in which the object is locked
    /// first. What a process has copied, by writing to a private mapping, stays. So does a page
    /// that somebody has pinned (`pin_user_pages()`), for as long as the pin lasts. Sleeps.
    /// C: `unmap_mapping_pages()`.
    pub fn revoke<G: LockScope>(&self, _scope: &mut G, pages: Range<usize>)
    where
        T::Kind: OnFault,
        IMmapRwsem: After<G::Innermost>,
    {
        // By the bound, nothing is held that comes after the locks that this takes.
        self.unmap(pages);
    }

    /// Takes pages back, under whatever is held. Takes `i_mmap_rwsem`.
    pub(in crate::mm::guard) fn unmap(&self, pages: Range<usize>) {
        let end = pages.end.min(self.object.kind.page_count());
        let Some(len) = end.checked_sub(pages.start).filter(|&len| len != 0) else {
            return;
        };
        // Without a file there is no VMA.
        let Some(file) = self.object.live_file() else {
            return;
        };
        // SAFETY: The file is valid, and so is its mapping.
        unsafe {
            bindings::unmap_mapping_pages((*file.as_ptr()).f_mapping, pages.start, len, false)
        };
    }
}

impl<T: VmOperations> Deref for LockedObject<'_, T> {
    type Target = VmObject<T>;

    #[inline]
    fn deref(&self) -> &VmObject<T> {
        self.object
    }
}

impl<T: VmOperations> Deref for ObjectGuard<'_, T> {
    type Target = T::State;

    #[inline]
    fn deref(&self) -> &T::State {
        &self.state
    }
}

impl<T: VmOperations> DerefMut for ObjectGuard<'_, T>
where
    T::State: Unpin,
{
    #[inline]
    fn deref_mut(&mut self) -> &mut T::State {
        &mut self.state
    }
}

impl<T: VmOperations> Sealed for ObjectGuard<'_, T> {}
#[diagnostic::do_not_recommend]
impl<'a, T: VmOperations> LockScope for ObjectGuard<'a, T> {
    type Innermost = T::Level;
    type Held = LockedObject<'a, T>;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (&self.locked, InnerScope::new())
    }
}
