// SPDX-License-Identifier: GPL-2.0-only

//! Faults in a driver's own VMAs: where the page goes, and what C holds meanwhile.
//!
//! C holds the VMA read lock or the mmap read lock, and which of them is not the driver's to
//! choose. So a fault is a scope in which locks are taken that come after both. The lock is given
//! up by [`Fault::unlock`] alone, which takes the VMA away with it.
//!
//! C source: `mm/memory.c`

#[cfg(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP)]
use crate::mm::guard::driver::kind::Pfns;
use crate::{
    bindings,
    mm::guard::{
        driver::{
            kind::{
                Fill,
                Kind,
                MapsPages,
                MapsPfns, //
            },
            object::{
                LockedObject,
                ObjectFile,
                VmObject, //
            },
            ops::VmOperations,
            page::UserPage, //
        },
        order::{
            level::{
                After,
                FolioLock,
                MmapLock,
                VmaLock, //
            },
            rights::{
                stays_with_its_task,
                Sealed, //
            },
            InnerScope,
            LockScope, //
        },
        vma::{
            stable::VmaReadOrRead,
            Vma, //
        }, //
    }, //
};
use core::{
    cell::Cell,
    marker::PhantomData,
    ops::Range,
    ptr::NonNull, //
};
use kernel::{
    mm::virt::flags,
    page::{
        PAGE_MASK,
        PAGE_SIZE, //
    },
    prelude::*,
    sync::{
        Arc,
        ArcBorrow, //
    },
    types::NotThreadSafe, //
};

/// Evidence that a page is mapped where a fault was.
///
/// It is what a fault handler returns, so a handler that maps nothing is no handler.
pub struct Mapped<'f>(PhantomData<&'f ()>);

/// Why a fault maps nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultError {
    /// There is no memory: the kernel frees some, and the access is tried again.
    OutOfMemory,
    /// There is nothing to access: the process gets `SIGBUS`.
    BusError,
}

impl FaultError {
    #[inline]
    pub(in crate::mm::guard) fn into_raw(self) -> bindings::vm_fault_t {
        match self {
            Self::OutOfMemory => bindings::vm_fault_reason_VM_FAULT_OOM,
            Self::BusError => bindings::vm_fault_reason_VM_FAULT_SIGBUS,
        }
    }
}

/// `ENOMEM` is [`OutOfMemory`](FaultError::OutOfMemory), all others are a
/// [`BusError`](FaultError::BusError). C: `vmf_error()`.
impl From<Error> for FaultError {
    #[inline]
    fn from(err: Error) -> Self {
        if err == ENOMEM {
            Self::OutOfMemory
        } else {
            Self::BusError
        }
    }
}

impl From<kernel::alloc::AllocError> for FaultError {
    #[inline]
    fn from(_: kernel::alloc::AllocError) -> Self {
        Self::OutOfMemory
    }
}

/// What a fault handler returns.
pub type FaultResult<'f> = core::result::Result<Mapped<'f>, FaultError>;

/// Nothing huge is mapped, and [`VmOperations::fault`] is called for a page.
pub struct Fallback;

/// A fault in a VMA of an object of `T`.
///
/// # Invariants
///
/// `vmf` is a fault that C has called the driver for, in a VMA of `object`, at an offset that is in
/// the object. For `'f`, unless `unlocked` says otherwise, C holds the VMA read lock or the mmap
/// read lock.
pub struct Fault<'f, T: VmOperations> {
    vmf: NonNull<bindings::vm_fault>,
    vma: Vma<'f, VmaReadOrRead>,
    object: ArcBorrow<'f, VmObject<T>>,
    unlocked: &'f Cell<Option<ObjectFile>>,
}

stays_with_its_task!(Fault<T: VmOperations>);

impl<'f, T: VmOperations> Fault<'f, T> {
    /// Takes over a fault that C has called the driver for, or `None` if it is not in the object.
    ///
    /// # Safety
    ///
    /// `vmf` must be such a fault, in a VMA that [`Setup::map`] has given to an object of `T`, and
    /// C must hold the VMA read lock or the mmap read lock for `'f`, or until `unlocked` is set.
    ///
    /// [`Setup::map`]: crate::mm::guard::driver::setup::Setup::map
    #[inline]
    pub(in crate::mm::guard) unsafe fn from_raw(
        vmf: *mut bindings::vm_fault,
        unlocked: &'f Cell<Option<ObjectFile>>,
    ) -> Option<Self> {
        let vmf = NonNull::new(vmf)?;
        // SAFETY: By the safety requirements, the fault is valid. C does not write these meanwhile.
        let info = unsafe { &(*vmf.as_ptr()).__bindgen_anon_1 };
        // SAFETY: By the safety requirements, the private data is the object, which the VMA keeps.
        let object: ArcBorrow<'f, VmObject<T>> = unsafe { object_of(info.vma) };
        if info.pgoff >= object.kind().page_count() {
            return None;
        }
        Some(Self {
            vmf,
            // SAFETY: By the safety requirements, the VMA is attached, and its lock is held.
            vma: unsafe { Vma::from_raw(NonNull::new(info.vma)?) },
            object,
            unlocked,
        })
    }

    /// The object, for as long as the fault is there: the VMA keeps it no longer than its lock is
    /// held.
    #[inline]
    pub fn object(&self) -> ArcBorrow<'_, VmObject<T>> {
        self.object
    }

    /// The offset in the object, in pages. It is in the object.
    #[inline]
    pub fn pgoff(&self) -> usize {
        // SAFETY: By the type invariants, the fault is valid. C does not write the field meanwhile.
        unsafe { (*self.vmf.as_ptr()).__bindgen_anon_1.pgoff }
    }

    /// The address of the page, in bytes.
    #[inline]
    pub fn address(&self) -> usize {
        // SAFETY: As in `pgoff`.
        unsafe { (*self.vmf.as_ptr()).__bindgen_anon_1.address & PAGE_MASK }
    }

    /// Whether the access is a write.
    #[inline]
    pub fn is_write(&self) -> bool {
        self.flags() & bindings::fault_flag_FAULT_FLAG_WRITE != 0
    }

    #[inline]
    fn flags(&self) -> bindings::fault_flag {
        // SAFETY: By the type invariants, the fault is valid.
        unsafe { (*self.vmf.as_ptr()).flags }
    }

    /// Splits the fault into the place for the page, and the scope for locks.
    #[inline]
    pub fn into_place(self) -> (Place<'f, T>, InnerScope<'f, VmaLock>) {
        (Place(self), InnerScope::new())
    }

    /// Gives up the lock that C holds, to wait for something that may take long.
    ///
    /// The VMA is gone with it: it may be freed, or be another mm's. After the handler, the access
    /// is tried again. C: `release_fault_lock()`, `VM_FAULT_RETRY`.
    ///
    /// # Errors
    ///
    /// Gives the fault back if its lock has to be kept, as when it was tried before. The driver
    /// then waits with the lock, or lets the access fail.
    pub fn unlock(self) -> core::result::Result<UnlockedFault<'f, T>, Self> {
        let may_not =
            bindings::fault_flag_FAULT_FLAG_RETRY_NOWAIT | bindings::fault_flag_FAULT_FLAG_TRIED;
        let may = bindings::fault_flag_FAULT_FLAG_ALLOW_RETRY;
        if self.flags() & (may | may_not) != may {
            return Err(self);
        }
        // The VMA keeps the object no longer, nor the module that the handler is in.
        let Some(file) = self.object.live_file() else {
            return Err(self);
        };
        let object = Arc::from(self.object);
        self.unlocked.set(Some(file));
        // SAFETY: By the type invariants, the fault is valid, and C holds its lock for us. With
        // this flag C lets the driver release it, as `unlocked` makes the handler return "retry".
        // Nothing refers to the VMA any more, as the fault is consumed.
        unsafe { bindings::release_fault_lock(self.vmf.as_ptr()) };
        Ok(UnlockedFault {
            object,
            _fault: PhantomData,
            _nts: NotThreadSafe,
        })
    }
}

/// The object of a VMA.
///
/// # Safety
///
/// The VMA must be one of an object of `T`, and exist for `'a`.
#[inline]
pub(in crate::mm::guard) unsafe fn object_of<'a, T: VmOperations>(
    vma: *mut bindings::vm_area_struct,
) -> ArcBorrow<'a, VmObject<T>> {
    // SAFETY: `Setup::map` has put the object there, which is in an `Arc`. The file of the VMA has
    // a reference to it, and the VMA has the file for as long as it exists.
    unsafe { ArcBorrow::from_raw((*vma).vm_private_data.cast_const().cast()) }
}

impl<T: VmOperations> Sealed for Fault<'_, T> {}
#[diagnostic::do_not_recommend]
impl<'f, T: VmOperations> LockScope for Fault<'f, T> {
    type Innermost = VmaLock;
    type Held = Vma<'f, VmaReadOrRead>;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (&self.vma, InnerScope::new())
    }
}

/// A fault whose lock was given up.
///
/// It is a scope for locks that come after the mmap lock: what the task holds outside of that, as
/// it may be in the middle of an access to user memory, nobody knows.
pub struct UnlockedFault<'f, T: VmOperations> {
    object: Arc<VmObject<T>>,
    _fault: PhantomData<&'f ()>,
    _nts: NotThreadSafe,
}

impl<T: VmOperations> UnlockedFault<'_, T> {
    /// The object.
    #[inline]
    pub fn object(&self) -> Arc<VmObject<T>> {
        self.object.clone()
    }

    /// What the handler returns: the access is tried again.
    #[inline]
    pub fn retry<'f>(self) -> FaultResult<'f> {
        // That `unlocked` is set counts, and not this.
        Err(FaultError::BusError)
    }
}

impl<T: VmOperations> Sealed for UnlockedFault<'_, T> {}
#[diagnostic::do_not_recommend]
impl<T: VmOperations> LockScope for UnlockedFault<'_, T> {
    type Innermost = MmapLock;
    type Held = VmObject<T>;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (&self.object, InnerScope::new())
    }
}

/// The place of a fault, into which one page goes.
///
/// To map something there, the object is locked.
pub struct Place<'f, T: VmOperations>(Fault<'f, T>);

impl<'f, T: VmOperations> Place<'f, T> {
    /// The object.
    #[inline]
    pub fn object(&self) -> ArcBorrow<'f, VmObject<T>> {
        self.0.object
    }

    /// The offset in the object, in pages. It is in the object.
    #[inline]
    pub fn pgoff(&self) -> usize {
        self.0.pgoff()
    }

    /// Whether the access is a write.
    #[inline]
    pub fn is_write(&self) -> bool {
        self.0.is_write()
    }

    /// Whether something may be mapped here under the lock of `locked`, by a kind with these flags.
    #[inline]
    fn may_map(&self, locked: &LockedObject<'_, T>) -> bool {
        // A driver's `mmap` has the VMA for itself, and may have set one flag too many, after which
        // C would end in `BUG_ON()`.
        let kinds = flags::PFNMAP | flags::MIXEDMAP;
        locked.is(&self.0.object) && self.0.vma.flags() & kinds == <T::Kind as Fill>::FLAGS & kinds
    }

    /// Whether a huge page is there, which was mapped since the fault began.
    #[inline]
    fn is_huge(&self) -> bool {
        // SAFETY: By the type invariants of the fault, it is valid, and its VMA stable. C has found
        // the PMD entry. Huge pages are mapped under the object's lock, which is held.
        T::HAS_HUGE_FAULT && unsafe { bindings::vmf_pmd_is_leaf(self.0.vmf.as_ptr()) }
    }

    /// Maps a page.
    ///
    /// The mapping has a reference to the page. In a private mapping the page is read, and copied
    /// when the process writes. That something is mapped already, by a fault in another task, is
    /// success. Sleeps, and may wait for memory. C: `vmf_insert_page_mkwrite()`.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; `BusError` if `locked` is another object than that of the fault.
    #[inline]
    pub fn map<G: LockScope>(
        self,
        locked: &LockedObject<'_, T>,
        _scope: &mut G,
        page: &UserPage,
    ) -> FaultResult<'f>
    where
        T::Kind: MapsPages,
        FolioLock: After<G::Innermost>,
    {
        if !self.may_map(locked) {
            return Err(FaultError::BusError);
        }
        // SAFETY: The fault is valid, and its VMA stable, with `VM_MIXEDMAP`. The page is one for
        // user space. Huge pages are mapped in VMAs of `Pfns` alone.
        mapped(unsafe {
            bindings::vmf_insert_page_mkwrite(self.0.vmf.as_ptr(), page.as_ptr(), false)
        })
    }

    /// Maps the frame of the object at the offset of the fault.
    ///
    /// As [`map`](Self::map), of a frame. C: `vmf_insert_pfn()`, `vmf_insert_mixed()`.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; `BusError` if `locked` is another object than that of the fault, or C does
    /// not map such memory.
    #[inline]
    pub fn map_frame<G: LockScope>(
        self,
        locked: &LockedObject<'_, T>,
        _scope: &mut G,
    ) -> FaultResult<'f>
    where
        T::Kind: MapsPfns,
        FolioLock: After<G::Innermost>,
    {
        if !self.may_map(locked) {
            return Err(FaultError::BusError);
        }
        if self.is_huge() {
            return Ok(Mapped(PhantomData));
        }
        let frames = self.0.object.kind().frames().ok_or(FaultError::BusError)?;
        let pfn = frames.pfn(self.pgoff()).ok_or(FaultError::BusError)?;
        // SAFETY: The VMA is stable, and one of the object, with the flags of its kind.
        // `Setup::map` let it be no private writable one, and the address is that of the fault. The
        // frame is one of the object. There is no huge page, and none comes, as the object is
        // locked.
        mapped(unsafe { T::Kind::insert(self.0.vma.as_ptr(), self.0.address(), pfn) })
    }
}

/// What C says of a page that it was to map.
#[inline]
fn mapped<'f>(result: bindings::vm_fault_t) -> FaultResult<'f> {
    match result {
        bindings::vm_fault_reason_VM_FAULT_NOPAGE => Ok(Mapped(PhantomData)),
        bindings::vm_fault_reason_VM_FAULT_OOM => Err(FaultError::OutOfMemory),
        _ => Err(FaultError::BusError),
    }
}

/// A fault where a huge page could go: as much as an entry of a PMD table maps.
pub struct HugeFault<'f, T: VmOperations> {
    fault: Fault<'f, T>,
    order: c_uint,
}

impl<'f, T: VmOperations> HugeFault<'f, T> {
    #[inline]
    pub(in crate::mm::guard) fn new(fault: Fault<'f, T>, order: c_uint) -> Self {
        Self { fault, order }
    }

    /// The object.
    #[inline]
    pub fn object(&self) -> ArcBorrow<'f, VmObject<T>> {
        self.fault.object
    }

    /// Splits the fault into the place for the huge page, and the scope for locks.
    #[inline]
    pub fn into_place(self) -> (HugePlace<'f, T>, InnerScope<'f, VmaLock>) {
        let place = HugePlace {
            place: Place(self.fault),
            order: self.order,
        };
        (place, InnerScope::new())
    }
}

/// The place of a fault, into which a huge page goes.
pub struct HugePlace<'f, T: VmOperations> {
    place: Place<'f, T>,
    order: c_uint,
}

impl<'f, T: VmOperations> HugePlace<'f, T> {
    /// The object.
    #[inline]
    pub fn object(&self) -> ArcBorrow<'f, VmObject<T>> {
        self.place.object()
    }

    /// The offsets in the object that a huge page here would map, in pages, if the VMA has them
    /// all.
    pub fn pages(&self) -> Option<Range<usize>> {
        let fault = &self.place.0;
        let count = 1 << self.order;
        let start = fault.address() & !(count * PAGE_SIZE - 1);
        let end = start.checked_add(count * PAGE_SIZE)?;
        if start < fault.vma.start() || end > fault.vma.end() {
            return None;
        }
        let first = fault.pgoff() - (fault.address() - start) / PAGE_SIZE;
        Some(first..first + count)
    }

    /// Maps the frames of the object at these offsets as one huge page.
    ///
    /// As [`Place::map_frame`]. C: `vmf_insert_pfn_pmd()`.
    ///
    /// Not for a [`Mixed`](crate::mm::guard::driver::kind::Mixed) object: in such a VMA C takes a
    /// huge page for one with references (`follow_huge_pmd()`), and frames have none.
    ///
    /// # Errors
    ///
    /// [`Fallback`] if the VMA or the frames are not such that a huge page can be mapped, the
    /// kernel has none of the kind, or there is no memory.
    #[cfg(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP)]
    pub fn map_frames<G: LockScope>(
        self,
        locked: &LockedObject<'_, T>,
        _scope: &mut G,
    ) -> core::result::Result<Mapped<'f>, Fallback>
    where
        T: VmOperations<Kind = Pfns>,
        FolioLock: After<G::Innermost>,
    {
        let pages = self.pages().ok_or(Fallback)?;
        let place = self.place;
        let frames = place.0.object.kind().frames();
        let pfn = frames
            .pfn_of_run(pages.start, pages.len())
            .filter(|pfn| pfn & (pages.len() - 1) == 0)
            .ok_or(Fallback)?;
        if !place.may_map(locked) {
            return Err(Fallback);
        }
        // Another fault may have mapped a page meanwhile, and C warns of a table that is there.
        // SAFETY: By the type invariants of the fault, it is valid, and its VMA stable. C has found
        // the PMD entry. In a VMA of frames, tables are made under the object's lock, which is
        // held.
        if unsafe { bindings::vmf_pmd_is_table(place.0.vmf.as_ptr()) } {
            return Err(Fallback);
        }
        // A private mapping of frames is not written, so this writes no copy. Where the same frames
        // are mapped read-only, C makes the entry writable.
        let write = place.is_write() && place.0.vma.flags() & flags::WRITE != 0;
        if write && T::HAS_PFN_MKWRITE {
            return Err(Fallback);
        }
        // SAFETY: The fault is valid, and its VMA stable, with the flags of the kind. `Setup::map`
        // let it be no private writable one. The frames are of the object, aligned, one after the
        // other, and the VMA has room for all of them. What is mapped there is of these frames.
        let result = unsafe { bindings::vmf_insert_pfn_pmd(place.0.vmf.as_ptr(), pfn, write) };
        mapped(result).map_err(|_| Fallback)
    }
}

/// A write to a page, or a frame, that is mapped read-only so far.
///
/// It is a scope for locks, as a [`Fault`] is.
pub struct WriteFault<'f, T: VmOperations>(Fault<'f, T>);

impl<'f, T: VmOperations> WriteFault<'f, T> {
    #[inline]
    pub(in crate::mm::guard) fn new(fault: Fault<'f, T>) -> Self {
        Self(fault)
    }

    /// The object.
    #[inline]
    pub fn object(&self) -> ArcBorrow<'f, VmObject<T>> {
        self.0.object
    }

    /// The offset in the object, in pages. It is in the object.
    #[inline]
    pub fn pgoff(&self) -> usize {
        self.0.pgoff()
    }
}

impl<T: VmOperations> Sealed for WriteFault<'_, T> {}
#[diagnostic::do_not_recommend]
impl<'f, T: VmOperations> LockScope for WriteFault<'f, T> {
    type Innermost = VmaLock;
    type Held = Vma<'f, VmaReadOrRead>;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        self.0.split()
    }
}

/// A fault for which C asks whether pages around it are there.
///
/// RCU protects the page tables meanwhile, so nothing here sleeps, and this is no scope.
pub struct FaultAround<'f, T: VmOperations> {
    object: ArcBorrow<'f, VmObject<T>>,
    pages: Range<usize>,
    _nts: NotThreadSafe,
}

impl<'f, T: VmOperations> FaultAround<'f, T> {
    #[inline]
    pub(in crate::mm::guard) fn new(
        object: ArcBorrow<'f, VmObject<T>>,
        pages: Range<usize>,
    ) -> Self {
        Self {
            object,
            pages,
            _nts: NotThreadSafe,
        }
    }

    /// The object.
    #[inline]
    pub fn object(&self) -> ArcBorrow<'f, VmObject<T>> {
        self.object
    }

    /// The offsets in the object that C asks for, in pages.
    #[inline]
    pub fn pages(&self) -> Range<usize> {
        self.pages.clone()
    }
}
