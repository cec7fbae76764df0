// SPDX-License-Identifier: GPL-2.0-only

//! Giving pages of an object back to the kernel, when memory is short.
//!
//! C header: [`include/linux/shrinker.h`](srctree/include/linux/shrinker.h)

use crate::{
    bindings,
    mm::guard::{
        driver::{
            kind::{
                Kind,
                OnFault, //
            },
            object::{
                LockedObject,
                VmObject, //
            },
            ops::VmOperations, //
        },
        order::level::{
            After,
            IMmapRwsem, //
        }, //
    }, //
};
use core::{
    marker::PhantomData,
    ops::{
        Deref,
        Range, //
    },
    ptr::NonNull, //
};
use kernel::{
    prelude::*,
    str::CStr,
    sync::Arc, //
};

/// What an object can do without.
///
/// Both functions run in reclaim, under whatever locks the task holds that asked for memory. So
/// they wait for no lock, and allocate nothing that waits for memory.
pub trait Shrink: VmOperations<State: Unpin> {
    /// How many pages could be freed. A guess, as the object is not locked.
    fn count(object: &VmObject<Self>) -> usize;

    /// Frees up to `max` pages of the object, which is locked, and returns how many.
    ///
    /// They are [taken back](ObjectInReclaim::revoke) first. With 0, reclaim goes on elsewhere.
    fn scan(state: &mut Self::State, object: &ObjectInReclaim<'_, Self>, max: usize) -> usize;
}

/// An object that reclaim has locked.
///
/// It is no scope, and gives none: any lock may be held.
pub struct ObjectInReclaim<'a, T: VmOperations> {
    locked: &'a LockedObject<'a, T>,
}

impl<T: VmOperations<Kind: OnFault>> ObjectInReclaim<'_, T> {
    /// Takes pages back from all who have them mapped, as [`LockedObject::revoke`] does.
    ///
    /// C waits there for the lock of the VMAs of the object's file (`i_mmap_rwsem`). C waits for no
    /// memory while it holds that: `dma_resv_lockdep()` has told lockdep so. A driver that does,
    /// under an [`IMmapGuard`](crate::mm::guard::rmap::i_mmap::IMmapGuard) of that file, waits for
    /// itself.
    pub fn revoke(&self, pages: Range<usize>)
    where
        IMmapRwsem: After<T::Level>,
    {
        self.locked.unmap(pages);
    }
}

impl<T: VmOperations> Deref for ObjectInReclaim<'_, T> {
    type Target = VmObject<T>;

    #[inline]
    fn deref(&self) -> &VmObject<T> {
        self.locked
    }
}

/// A shrinker of an object, registered with the kernel until it is dropped.
///
/// Dropping it waits until it no longer runs, and for other shrinkers that come and go. So none is
/// made or dropped in reclaim. A module that leaks one must not be unloaded: by
/// [`core::mem::forget`], or by a cycle, where the state of an object has the object's shrinker.
///
/// # Invariants
///
/// `shrinker` is registered, and this owns it. Its private data is `object`.
pub struct Shrinker<T: Shrink> {
    shrinker: NonNull<bindings::shrinker>,
    // What the functions below are called with.
    object: Arc<VmObject<T>>,
}

// SAFETY: A shrinker may be freed by any task, and the object is shared by tasks.
unsafe impl<T: Shrink> Send for Shrinker<T> {}
// SAFETY: Nothing is done through a shared reference but to look at the object.
unsafe impl<T: Shrink> Sync for Shrinker<T> {}

impl<T: Shrink> Shrinker<T> {
    /// Registers a shrinker. C: `shrinker_alloc()`, `shrinker_register()`.
    ///
    /// # Errors
    ///
    /// `ENOMEM` if there is no memory.
    pub fn new(name: &'static CStr, object: Arc<VmObject<T>>) -> Result<Self> {
        // SAFETY: The format is a string, whose one argument is a string.
        let shrinker =
            unsafe { bindings::shrinker_alloc(0, c"%s".as_char_ptr(), name.as_char_ptr()) };
        let shrinker = NonNull::new(shrinker).ok_or(ENOMEM)?;
        // SAFETY: The shrinker is new, so nobody else has it. The object is there until it is
        // freed, as the result drops it first.
        unsafe {
            let raw = shrinker.as_ptr();
            (*raw).count_objects = Some(Calls::<T>::count);
            (*raw).scan_objects = Some(Calls::<T>::scan);
            (*raw).private_data = core::ptr::from_ref(&*object).cast_mut().cast();
            bindings::shrinker_register(raw);
        }
        // INVARIANT: It was just registered.
        Ok(Self { shrinker, object })
    }

    /// The object.
    pub fn object(&self) -> &Arc<VmObject<T>> {
        &self.object
    }
}

impl<T: Shrink> Drop for Shrinker<T> {
    fn drop(&mut self) {
        // SAFETY: By the type invariants, this owns it. C waits until it no longer runs.
        unsafe { bindings::shrinker_free(self.shrinker.as_ptr()) };
    }
}

/// The functions that C calls.
struct Calls<T>(PhantomData<T>);

impl<T: Shrink> Calls<T> {
    /// # Safety
    ///
    /// The private data of the shrinker must be an object of `T`.
    unsafe extern "C" fn count(
        shrinker: *mut bindings::shrinker,
        _control: *mut bindings::shrink_control,
    ) -> c_ulong {
        // SAFETY: By the safety requirements.
        let object = unsafe { &*(*shrinker).private_data.cast::<VmObject<T>>() };
        match T::count(object) {
            0 => bindings::SHRINK_EMPTY as c_ulong,
            // C counts on in a `long`, up to twice of it.
            count => count
                .min(object.kind().page_count())
                .min(isize::MAX as usize / 2),
        }
    }

    /// # Safety
    ///
    /// As for `count`. `control` must be valid.
    unsafe extern "C" fn scan(
        shrinker: *mut bindings::shrinker,
        control: *mut bindings::shrink_control,
    ) -> c_ulong {
        // SAFETY: By the safety requirements.
        let object = unsafe { &*(*shrinker).private_data.cast::<VmObject<T>>() };
        // SAFETY: By the safety requirements.
        let max = unsafe { (*control).nr_to_scan };
        match object.try_lock_in_reclaim() {
            Some(mut guard) => {
                let (state, locked) = guard.in_reclaim();
                match T::scan(state, &ObjectInReclaim { locked }, max) {
                    // C would ask again, as often as the count allows.
                    0 => bindings::SHRINK_STOP as c_ulong,
                    freed => freed.min(max),
                }
            }
            None => bindings::SHRINK_STOP as c_ulong,
        }
    }
}
