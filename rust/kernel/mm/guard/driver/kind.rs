// SPDX-License-Identifier: GPL-2.0-only

//! What an object maps: pages or page frames, on fault or at once, writable or not.
//!
//! | kind            | maps                         | when      | C                           |
//! |-----------------|------------------------------|-----------|-----------------------------|
//! | [`Pages`]       | pages, each with a reference | on fault  | `vmf_insert_page_mkwrite()` |
//! | [`Pfns`]        | page frames, without one     | on fault  | `vmf_insert_pfn()`          |
//! | [`Mixed`]       | both                         | on fault  | `vmf_insert_mixed()`        |
//! | [`PagesAtMmap`] | pages, each with a reference | at `mmap` | `vm_map_pages()`            |
//! | [`PfnsAtMmap`]  | page frames, without one     | at `mmap` | `remap_pfn_range()`         |
//!
//! A page frame is mapped without a reference to its page. So what has the frames, [`Frames`],
//! belongs to the object, and stays as it is until no VMA of the object is left.
//!
//! What is mapped at `mmap` is mapped before C has the VMA in the file's list, so a revoke at that
//! moment would miss it. Such an object is not revoked.
//!
//! C source: `mm/memory.c`

use crate::{
    bindings,
    mm::guard::driver::page::UserPage, //
};
use kernel::{
    error::to_result,
    mm::virt::{
        flags,
        vm_flags_t, //
    },
    page::PAGE_SIZE,
    prelude::*, //
};

mod sealed {
    use super::*;

    #[diagnostic::on_unimplemented(message = "`{Self}` is none of `ReadWrite` and `ReadOnly`")]
    pub trait Sealed {}

    /// What a kind does for the room. It cannot be named outside.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is no kind of mapping",
        label = "the kinds are `Pages`, `Pfns`, `Mixed`, `PagesAtMmap` and `PfnsAtMmap`"
    )]
    pub trait Fill {
        /// The flags that C asks for.
        const FLAGS: vm_flags_t;

        /// The frames, if the kind has any.
        fn frames(&self) -> Option<&Frames> {
            None
        }

        /// Maps what is mapped at `mmap`.
        ///
        /// # Safety
        ///
        /// The VMA must be under construction, of an object of this kind, with these flags, and
        /// within the object.
        unsafe fn fill(&self, _vma: *mut bindings::vm_area_struct) -> Result {
            Ok(())
        }

        /// Lets C map what is mapped at `mmap`, with `page_prot`, when the VMA is there that `desc`
        /// describes. If this fails, `desc` is as it was.
        ///
        /// The caller gives the VMA to the object, and has checked the range.
        fn prepare(
            &self,
            _desc: &mut bindings::vm_area_desc,
            _page_prot: bindings::pgprot_t,
        ) -> Result {
            Ok(())
        }
    }
}
pub(in crate::mm::guard) use sealed::Fill;
use sealed::Sealed;

/// What an object maps.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no kind of mapping",
    label = "the kinds are `Pages`, `Pfns`, `Mixed`, `PagesAtMmap` and `PfnsAtMmap`"
)]
pub trait Kind: Fill + Send + Sync + 'static {
    /// The length of the object, in pages.
    fn page_count(&self) -> usize;
}

/// A kind that is mapped on fault, and that can be taken back.
#[diagnostic::on_unimplemented(
    message = "an object of kind `{Self}` is mapped at `mmap`, and is not taken back",
    label = "`Pages`, `Pfns` and `Mixed` are mapped on fault, and can be taken back"
)]
pub trait OnFault: Kind {}

/// A kind that maps pages.
#[diagnostic::on_unimplemented(
    message = "an object of kind `{Self}` maps no pages one by one",
    label = "`Pages` and `Mixed` do"
)]
pub trait MapsPages: OnFault {}

/// A kind that maps page frames.
#[diagnostic::on_unimplemented(
    message = "an object of kind `{Self}` maps no page frames one by one",
    label = "`Pfns` and `Mixed` do"
)]
pub trait MapsPfns: OnFault {
    /// Maps a frame.
    ///
    /// # Safety
    ///
    /// The VMA must be stable, of an object of this kind, with its flags, and no private writable
    /// one. `addr` must be in it, and `pfn` one of the frames of the object.
    #[doc(hidden)]
    unsafe fn insert(
        vma: *mut bindings::vm_area_struct,
        addr: usize,
        pfn: usize,
    ) -> bindings::vm_fault_t;
}

/// Frames that user space may have.
///
/// # Invariants
///
/// User space may read and write the frames, with the caching that is named, while they are mapped.
pub struct Frames(Of);

enum Of {
    Pages(KVVec<UserPage>),
    Device {
        first: usize,
        len: usize,
        caching: Caching,
    },
}

/// How the CPU caches device memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// As other memory.
    Cached,
    /// Writes are combined, reads are not cached. C: `pgprot_writecombine()`.
    WriteCombine,
    /// Nothing is cached. C: `pgprot_noncached()`.
    Uncached,
}

impl Frames {
    /// The frames of pages, which are kept as long as this value is.
    pub fn of_pages(pages: KVVec<UserPage>) -> Self {
        // INVARIANT: The pages are made for user space, and this keeps them.
        Self(Of::Pages(pages))
    }

    /// The frames of a device's memory: `len` of them, from page frame number `first` on.
    ///
    /// # Safety
    ///
    /// User space may read and write that memory, and it may be cached as `caching` says, while it
    /// is mapped. It may be mapped for as long as the result exists; of an object of [`Pfns`] or
    /// [`Mixed`] only from when a fault handler maps it until it is
    /// [taken back](crate::mm::guard::driver::object::LockedObject::revoke).
    pub unsafe fn of_device(first: usize, len: usize, caching: Caching) -> Self {
        // INVARIANT: By the safety requirements.
        Self(Of::Device {
            first,
            len,
            caching,
        })
    }

    /// How many frames there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Of::Pages(pages) => pages.len(),
            Of::Device { len, .. } => *len,
        }
    }

    /// Whether there is no frame.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The page of a frame, if the frames are of pages.
    pub fn page(&self, index: usize) -> Option<&UserPage> {
        match &self.0 {
            Of::Pages(pages) => pages.get(index),
            Of::Device { .. } => None,
        }
    }

    /// The page frame number of a frame.
    #[inline]
    pub(in crate::mm::guard) fn pfn(&self, index: usize) -> Option<usize> {
        match &self.0 {
            Of::Pages(pages) => pages.get(index).map(UserPage::pfn),
            Of::Device { first, len, .. } => (index < *len).then(|| first + index),
        }
    }

    /// The page frame number of the first of `count` frames that follow each other, if they do.
    pub(in crate::mm::guard) fn pfn_of_run(&self, index: usize, count: usize) -> Option<usize> {
        let first = self.pfn(index)?;
        (1..count)
            .all(|i| self.pfn(index + i) == Some(first + i))
            .then_some(first)
    }

    /// How the frames are cached.
    pub(in crate::mm::guard) fn caching(&self) -> Caching {
        match &self.0 {
            Of::Pages(_) => Caching::Cached,
            Of::Device { caching, .. } => *caching,
        }
    }
}

/// Pages, of which each is mapped when it is accessed. The object's state has them.
pub struct Pages {
    len: usize,
}

impl Pages {
    /// An object of up to `len` pages.
    pub const fn new(len: usize) -> Self {
        Self { len }
    }
}

impl Fill for Pages {
    const FLAGS: vm_flags_t = flags::MIXEDMAP;
}
#[diagnostic::do_not_recommend]
impl Kind for Pages {
    fn page_count(&self) -> usize {
        self.len
    }
}
#[diagnostic::do_not_recommend]
impl OnFault for Pages {}
#[diagnostic::do_not_recommend]
impl MapsPages for Pages {}

/// Page frames, of which each is mapped when it is accessed.
///
/// A private mapping of it cannot be writable.
pub struct Pfns(Frames);

impl Pfns {
    /// An object of these frames.
    pub fn new(frames: Frames) -> Self {
        Self(frames)
    }

    /// The frames.
    pub fn frames(&self) -> &Frames {
        &self.0
    }
}

impl Fill for Pfns {
    const FLAGS: vm_flags_t = flags::PFNMAP | flags::IO | flags::DONTDUMP;

    fn frames(&self) -> Option<&Frames> {
        Some(&self.0)
    }
}
#[diagnostic::do_not_recommend]
impl Kind for Pfns {
    fn page_count(&self) -> usize {
        self.0.len()
    }
}
#[diagnostic::do_not_recommend]
impl OnFault for Pfns {}
#[diagnostic::do_not_recommend]
impl MapsPfns for Pfns {
    #[inline]
    unsafe fn insert(
        vma: *mut bindings::vm_area_struct,
        addr: usize,
        pfn: usize,
    ) -> bindings::vm_fault_t {
        // SAFETY: By the safety requirements, the VMA is stable. It has `VM_PFNMAP`, no
        // `VM_MIXEDMAP`, and is no private writable one, as C requires.
        unsafe { bindings::vmf_insert_pfn(vma, addr, pfn) }
    }
}

/// Pages of the object's state, and frames beside them.
///
/// A private mapping of it cannot be writable.
pub struct Mixed(Frames);

impl Mixed {
    /// An object of which each page offset can be one of these frames, or a page.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the frames are not [`Cached`](Caching::Cached): a VMA has one way to cache, and
    /// the kernel has its pages cached.
    pub fn new(frames: Frames) -> Result<Self> {
        if frames.caching() != Caching::Cached {
            return Err(EINVAL);
        }
        Ok(Self(frames))
    }

    /// The frames.
    pub fn frames(&self) -> &Frames {
        &self.0
    }
}

impl Fill for Mixed {
    const FLAGS: vm_flags_t = flags::MIXEDMAP;

    fn frames(&self) -> Option<&Frames> {
        Some(&self.0)
    }
}
#[diagnostic::do_not_recommend]
impl Kind for Mixed {
    fn page_count(&self) -> usize {
        self.0.len()
    }
}
#[diagnostic::do_not_recommend]
impl OnFault for Mixed {}
#[diagnostic::do_not_recommend]
impl MapsPages for Mixed {}
#[diagnostic::do_not_recommend]
impl MapsPfns for Mixed {
    #[inline]
    unsafe fn insert(
        vma: *mut bindings::vm_area_struct,
        addr: usize,
        pfn: usize,
    ) -> bindings::vm_fault_t {
        // SAFETY: By the safety requirements, the VMA is stable, and has `VM_MIXEDMAP`.
        unsafe { bindings::vmf_insert_mixed(vma, addr, pfn) }
    }
}

/// Pages that are all mapped at `mmap`: a buffer that the kernel shares with user space.
pub struct PagesAtMmap {
    pages: KVVec<UserPage>,
    /// The same, as C takes them.
    raw: KVVec<*mut bindings::page>,
}

// SAFETY: The pointers are those of the pages, which are shared by tasks.
unsafe impl Send for PagesAtMmap {}
// SAFETY: As above.
unsafe impl Sync for PagesAtMmap {}

impl PagesAtMmap {
    /// An object of these pages.
    ///
    /// # Errors
    ///
    /// `ENOMEM` if there is no memory for a list of them.
    pub fn new(pages: KVVec<UserPage>) -> Result<Self> {
        let mut raw = KVVec::with_capacity(pages.len(), GFP_KERNEL)?;
        for page in &pages {
            raw.push(page.as_ptr(), GFP_KERNEL)?;
        }
        Ok(Self { pages, raw })
    }

    /// A page of the object.
    pub fn page(&self, index: usize) -> Option<&UserPage> {
        self.pages.get(index)
    }
}

impl Fill for PagesAtMmap {
    const FLAGS: vm_flags_t = flags::MIXEDMAP;

    unsafe fn fill(&self, vma: *mut bindings::vm_area_struct) -> Result {
        // SAFETY: By the safety requirements, the VMA is under construction, has `VM_MIXEDMAP`, and
        // no huge pages. C compares the range with the length of the list, which it does not write.
        // The pages are for user space.
        to_result(unsafe {
            bindings::vm_map_pages(vma, self.raw.as_ptr().cast_mut(), self.raw.len())
        })
    }

    fn prepare(&self, desc: &mut bindings::vm_area_desc, _page_prot: bindings::pgprot_t) -> Result {
        let pages = self.raw.get(desc.pgoff..).ok_or(EINVAL)?;
        desc.action.type_ = bindings::mmap_action_type_MMAP_MAP_KERNEL_PAGES;
        desc.action.__bindgen_anon_1.map_kernel =
            bindings::mmap_action__bindgen_ty_1__bindgen_ty_3 {
                start: desc.start,
                // C does not write it.
                pages: pages.as_ptr().cast_mut(),
                nr_pages: (desc.end - desc.start) / PAGE_SIZE,
                pgoff: desc.pgoff,
            };
        Ok(())
    }
}
#[diagnostic::do_not_recommend]
impl Kind for PagesAtMmap {
    fn page_count(&self) -> usize {
        self.pages.len()
    }
}

/// Page frames that are all mapped at `mmap`.
///
/// With `mmap_prepare`, those that one VMA maps follow each other.
///
/// A private mapping of it cannot be writable.
pub struct PfnsAtMmap(Frames);

impl PfnsAtMmap {
    /// An object of these frames.
    pub fn new(frames: Frames) -> Self {
        Self(frames)
    }

    /// The frames.
    pub fn frames(&self) -> &Frames {
        &self.0
    }
}

impl Fill for PfnsAtMmap {
    const FLAGS: vm_flags_t = flags::PFNMAP | flags::IO | flags::DONTDUMP;

    fn frames(&self) -> Option<&Frames> {
        Some(&self.0)
    }

    unsafe fn fill(&self, vma: *mut bindings::vm_area_struct) -> Result {
        // SAFETY: By the safety requirements, the VMA is under construction, so nobody else has it.
        let (start, end, pgoff, prot) = unsafe {
            let range = &(*vma).__bindgen_anon_1.__bindgen_anon_1;
            (
                range.vm_start,
                range.vm_end,
                (*vma).vm_pgoff,
                (*vma).vm_page_prot,
            )
        };
        let len = (end - start) / PAGE_SIZE;
        let mut done = 0;
        while done < len {
            let pfn = self.0.pfn(pgoff + done).ok_or(EINVAL)?;
            // As many as follow each other at once: C tracks the caching of a whole VMA.
            let run = (done + 1..len)
                .take_while(|i| self.0.pfn(pgoff + i) == Some(pfn + i - done))
                .count()
                + 1;
            let addr = start + done * PAGE_SIZE;
            // SAFETY: The VMA is under construction, and the range is in it, with nothing mapped.
            // The frames belong to the object, which every VMA of it keeps.
            to_result(unsafe { bindings::remap_pfn_range(vma, addr, pfn, run * PAGE_SIZE, prot) })?;
            done += run;
        }
        Ok(())
    }

    fn prepare(&self, desc: &mut bindings::vm_area_desc, page_prot: bindings::pgprot_t) -> Result {
        let size = desc.end - desc.start;
        // C has one action for a VMA.
        let start_pfn = self
            .0
            .pfn_of_run(desc.pgoff, size / PAGE_SIZE)
            .ok_or(EINVAL)?;
        desc.action.type_ = bindings::mmap_action_type_MMAP_REMAP_PFN;
        desc.action.__bindgen_anon_1.remap = bindings::mmap_action__bindgen_ty_1__bindgen_ty_1 {
            start: desc.start,
            start_pfn,
            size,
            pgprot: page_prot,
        };
        Ok(())
    }
}
#[diagnostic::do_not_recommend]
impl Kind for PfnsAtMmap {
    fn page_count(&self) -> usize {
        self.0.len()
    }
}

/// Whether user space may write an object.
#[diagnostic::on_unimplemented(message = "`{Self}` is none of `ReadWrite` and `ReadOnly`")]
pub trait Access: Sealed + 'static {
    /// Whether a VMA of the object may be, or become, writable.
    #[doc(hidden)]
    const MAY_WRITE: bool;
}

/// User space may write the object.
pub enum ReadWrite {}

/// User space only reads the object, and `mprotect(2)` does not change that.
pub enum ReadOnly {}

#[diagnostic::do_not_recommend]
impl Sealed for ReadWrite {}
impl Access for ReadWrite {
    const MAY_WRITE: bool = true;
}

#[diagnostic::do_not_recommend]
impl Sealed for ReadOnly {}
impl Access for ReadOnly {
    const MAY_WRITE: bool = false;
}
