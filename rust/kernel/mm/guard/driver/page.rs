// SPDX-License-Identifier: GPL-2.0-only

//! Pages that are made for user space.
//!
//! C header: [`include/linux/gfp.h`](srctree/include/linux/gfp.h)

use crate::bindings;
use kernel::{
    alloc::{
        flags::{
            __GFP_NOWARN,
            __GFP_ZERO, //
        },
        Flags, //
    },
    page::{
        Page,
        PAGE_SIZE, //
    },
    prelude::*,
    sync::atomic::Atomic, //
};

/// A page that user space may have: zeroed when it is made, and with no value of the kernel's.
///
/// While it is mapped, user space reads and writes it at any time. So its content is copied in and
/// out, and no reference to it can be had. Each mapping holds a reference of its own: a page that
/// is dropped stays with those that have it mapped, until they are taken back.
pub struct UserPage(Page);

impl UserPage {
    /// Makes a page of zeroes. C: `alloc_page()`, with `__GFP_ZERO`.
    ///
    /// Sleeps if the flags allow it. Memory that a process can ask for is charged to it with
    /// `__GFP_ACCOUNT`. Flags for other kinds of memory are left out.
    ///
    /// # Errors
    ///
    /// `ENOMEM` if there is no memory.
    #[inline]
    pub fn new(flags: Flags) -> Result<Self> {
        // There are flags by which C does not zero the page, zones that are none, and memory that
        // must be mapped and unmapped in an order.
        let known = GFP_KERNEL_ACCOUNT | GFP_ATOMIC | GFP_NOWAIT | __GFP_NOWARN;
        let flags = flags & known;
        Ok(Self(Page::alloc_page(flags | __GFP_ZERO)?))
    }

    /// The NUMA node of its memory. C: `page_to_nid()`.
    #[inline]
    pub fn nid(&self) -> i32 {
        self.0.nid()
    }

    /// Copies bytes of the page from `offset` on to `to`.
    ///
    /// User space may write the page meanwhile, so they may be of several moments. Does not sleep.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the bytes are not all in the page. Nothing is copied then.
    pub fn read(&self, offset: usize, to: &mut [u8]) -> Result {
        self.with_bytes(offset, to.len(), |from| {
            for (i, byte) in to.iter_mut().enumerate() {
                // SAFETY: `with_bytes` gives as many bytes as `to` has. They are initialised, and
                // only copied: user space may write them meanwhile, hence the volatile load.
                *byte = unsafe { from.add(i).read_volatile() };
            }
        })
    }

    /// Copies bytes into the page, from `offset` on.
    ///
    /// User space may read and write the page meanwhile. Does not sleep.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the bytes do not all fit in the page. Nothing is copied then.
    pub fn write(&self, offset: usize, from: &[u8]) -> Result {
        self.with_bytes(offset, from.len(), |to| {
            for (i, byte) in from.iter().enumerate() {
                // SAFETY: `with_bytes` gives as many bytes as `from` has. No reference to them
                // exists: user space may access them meanwhile, hence the volatile store.
                unsafe { to.add(i).write_volatile(*byte) };
            }
        })
    }

    /// Gives a function a word of the page, in a memory that is shared with user space: the one at
    /// `offset`, in bytes.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the word is not in the page, or not aligned.
    pub fn with_word<R>(&self, offset: usize, f: impl FnOnce(&Atomic<u32>) -> R) -> Result<R> {
        if offset % size_of::<u32>() != 0 {
            return Err(EINVAL);
        }
        self.with_bytes(offset, size_of::<u32>(), |word| {
            // SAFETY: The word is in the page, and aligned, as the page is. All accesses to it by
            // the kernel are atomic or volatile, and user space's are not Rust's.
            f(unsafe { Atomic::from_ptr(word.cast()) })
        })
    }

    /// Gives a function the address of bytes of the page, for as long as it runs.
    fn with_bytes<R>(&self, offset: usize, len: usize, f: impl FnOnce(*mut u8) -> R) -> Result<R> {
        if offset.checked_add(len).ok_or(EINVAL)? > PAGE_SIZE {
            return Err(EINVAL);
        }
        // SAFETY: The page is valid, as it is borrowed.
        let page = unsafe { bindings::kmap_local_page(self.as_ptr()) };
        // SAFETY: The mapping is of a whole page, and `offset` is in it or at its end.
        let result = f(unsafe { page.cast::<u8>().add(offset) });
        // SAFETY: It was mapped above. It is not in high memory, so there is no order to keep with
        // what `f` has mapped, or unmapped.
        unsafe { bindings::kunmap_local(page) };
        Ok(result)
    }

    /// Returns the C pointer.
    #[inline]
    pub(in crate::mm::guard) fn as_ptr(&self) -> *mut bindings::page {
        self.0.as_ptr()
    }

    /// Its page frame number. C: `page_to_pfn()`.
    #[inline]
    pub(in crate::mm::guard) fn pfn(&self) -> usize {
        // SAFETY: The page is valid, as it is borrowed.
        unsafe { bindings::page_to_pfn(self.as_ptr()) }
    }
}
