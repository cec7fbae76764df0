// SPDX-License-Identifier: GPL-2.0-only

//! Copies from and to user memory, in the order of locks.
//!
//! An access to user memory may fault. A fault takes the mmap lock of the current task's mm, or the
//! read lock of a VMA of it, and under that what the fault handlers of drivers take. So a copy
//! comes where the mmap lock comes: under a lock that is placed before it, and under none that
//! `mmap` or a fault takes.
//!
//! | place of a lock of one's own       | a copy under it | taken in `mmap`, or in a fault |
//! |------------------------------------|-----------------|--------------------------------|
//! | `Below<Unlocked>`, `Below<IRwsem>` | yes             | no                             |
//! | `Below<MmapLock>`                  | no              | no: C may hold VMA locks       |
//! | `Below<VmaLock>` and further in    | no              | yes                            |
//!
//! The order does not tell mms apart. A copy is refused under the locks of every mm, and what it
//! faults in is always the current task's.
//!
//! C header: [`include/linux/uaccess.h`](srctree/include/linux/uaccess.h)

use crate::mm::guard::order::{
    level::{
        After,
        MmapLock, //
    },
    LockScope, //
};
use kernel::{
    alloc::{
        Allocator,
        Flags, //
    },
    prelude::*,
    transmute::{
        AsBytes,
        FromBytes, //
    },
    uaccess::{
        UserSlice,
        UserSliceReader,
        UserSliceWriter, //
    }, //
};

/// A scope in which user memory may be accessed: the mmap lock could be taken there.
///
/// Every [`LockScope`] is one that holds no lock from the mmap lock on.
#[diagnostic::on_unimplemented(
    message = "the lock order forbids to access user memory under `{Self}`: that may fault, and a \
               fault takes the mmap lock",
    label = "a copy is made under locks that come before the mmap lock alone"
)]
pub trait MayFault: LockScope {}

#[diagnostic::do_not_recommend]
impl<G: LockScope> MayFault for G where MmapLock: After<G::Innermost> {}

/// An area of user memory that is accessed in a scope.
///
/// It is a [`UserSlice`] whose copies have a place in the lock order, that of the mmap lock.
///
/// # Examples
///
/// ```
/// use kernel::{
///     mm::guard::order::{
///         level::{
///             Below,
///             LockLevel,
///             VmaLock, //
///         },
///         mutex::OrderedMutex,
///         uaccess::OrderedUserSlice,
///         NothingHeld, //
///     },
///     uaccess::{
///         UserPtr,
///         UserSlice, //
///     }, //
/// };
///
/// /// Taken in a fault, so that no user memory is accessed under it.
/// struct PagesLock;
///
/// impl LockLevel for PagesLock {
///     type Place = Below<VmaLock>;
/// }
///
/// /// Takes a number from the caller of an `ioctl`, and gives back the one that was there.
/// fn exchange(pages: &OrderedMutex<PagesLock, u64>, arg: usize) -> Result {
///     let slice = UserSlice::new(UserPtr::from_addr(arg), size_of::<u64>());
///     let (mut reader, mut writer) = OrderedUserSlice::new(slice).reader_writer();
///     let mut nothing = NothingHeld::new();
///     let new = reader.read(&mut nothing)?;
///     let old = core::mem::replace(&mut *pages.lock(&mut nothing), new);
///     writer.write(&mut nothing, &old)
/// }
/// ```
pub struct OrderedUserSlice(UserSlice);

impl OrderedUserSlice {
    /// Gives the copies from and to a slice their place in the lock order.
    #[inline]
    pub fn new(slice: UserSlice) -> Self {
        Self(slice)
    }

    /// Gives the slice to read from.
    #[inline]
    pub fn reader(self) -> OrderedUserSliceReader {
        OrderedUserSliceReader(self.0.reader())
    }

    /// Gives the slice to write to.
    #[inline]
    pub fn writer(self) -> OrderedUserSliceWriter {
        OrderedUserSliceWriter(self.0.writer())
    }

    /// Gives the slice to read from, and to write to.
    #[inline]
    pub fn reader_writer(self) -> (OrderedUserSliceReader, OrderedUserSliceWriter) {
        let (reader, writer) = self.0.reader_writer();
        (
            OrderedUserSliceReader(reader),
            OrderedUserSliceWriter(writer),
        )
    }
}

/// A reader of an [`OrderedUserSlice`], which goes on from copy to copy.
///
/// As [`UserSliceReader`].
pub struct OrderedUserSliceReader(UserSliceReader);

impl OrderedUserSliceReader {
    /// How many bytes are left to be read.
    #[inline]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none are left.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Skips some bytes. Accesses no user memory.
    ///
    /// # Errors
    ///
    /// `EFAULT` if there are not so many left.
    #[inline]
    pub fn skip(&mut self, num_skip: usize) -> Result {
        self.0.skip(num_skip)
    }

    /// Reads a value, under what `scope` holds.
    ///
    /// Sleeps until what it faults on is there. C: `copy_from_user()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the memory cannot be read, or if less than the value is left.
    #[inline]
    pub fn read<T: FromBytes>(&mut self, _scope: &mut impl MayFault) -> Result<T> {
        self.0.read()
    }

    /// Fills a buffer, under what `scope` holds.
    ///
    /// Sleeps until what it faults on is there. C: `copy_from_user()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the memory cannot be read, or if less than the buffer is left. A part of the
    /// buffer may be filled then.
    #[inline]
    pub fn read_slice(&mut self, _scope: &mut impl MayFault, out: &mut [u8]) -> Result {
        self.0.read_slice(out)
    }

    /// Reads all that is left, and appends it to a vector, under what `scope` holds.
    ///
    /// Sleeps until what it faults on is there, and allocates with `flags`. C: `copy_from_user()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the memory cannot be read; `ENOMEM` if the vector cannot grow.
    #[inline]
    pub fn read_all<A: Allocator>(
        self,
        _scope: &mut impl MayFault,
        buf: &mut Vec<u8, A>,
        flags: Flags,
    ) -> Result {
        self.0.read_all(buf, flags)
    }
}

/// A writer of an [`OrderedUserSlice`], which goes on from copy to copy.
///
/// As [`UserSliceWriter`].
pub struct OrderedUserSliceWriter(UserSliceWriter);

impl OrderedUserSliceWriter {
    /// For how many bytes there is room left.
    #[inline]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no room left.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes a value, under what `scope` holds.
    ///
    /// Sleeps until what it faults on is there. C: `copy_to_user()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the memory cannot be written, or if there is no room for the value. A part of it
    /// may be written then.
    #[inline]
    pub fn write<T: AsBytes>(&mut self, _scope: &mut impl MayFault, value: &T) -> Result {
        self.0.write(value)
    }

    /// Writes some bytes, under what `scope` holds.
    ///
    /// Sleeps until what it faults on is there. C: `copy_to_user()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the memory cannot be written, or if there is no room for the bytes. A part of
    /// them may be written then.
    #[inline]
    pub fn write_slice(&mut self, _scope: &mut impl MayFault, data: &[u8]) -> Result {
        self.0.write_slice(data)
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
