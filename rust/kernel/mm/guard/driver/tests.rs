// SPDX-License-Identifier: GPL-2.0-only

//! Tests of a driver's own mappings.

use crate::{
    bindings,
    mm::{
        guard::{
            driver::{
                fault::*,
                kind::*,
                object::*,
                ops::*,
                own::OwnVma,
                page::*,
                setup::*, //
            },
            mmap::Write,
            order::{
                level::{
                    Below,
                    LockLevel,
                    VmaLock, //
                },
                InnerScope,
                LockContext,
                LockScope,
                NothingHeld, //
            },
            tests::fixture::*,
            vma::{
                stable::VmaReadOrRead,
                Vma, //
            }, //
        },
        owner_module::owner_module, //
    }, //
};
use core::{
    ops::Range,
    ptr::NonNull, //
};
use kernel::{
    alloc,
    error::from_err_ptr,
    fs::File,
    mm::{
        virt::{
            flags,
            VmaNew, //
        },
        MmWithUser, //
    },
    new_mutex,
    page::{
        Page,
        PAGE_SIZE, //
    },
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc,
        ArcBorrow, //
    }, //
};

/// The lock of the objects.
struct ObjectLock;

impl LockLevel for ObjectLock {
    type Place = Below<VmaLock>;
}

/// How often something was called, or done.
struct Count(Atomic<usize>);

impl Default for Count {
    fn default() -> Self {
        Self(Atomic::new(0))
    }
}

impl Count {
    fn up(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    fn get(&self) -> usize {
        self.0.load(Relaxed)
    }
}

/// What the operations of the tests count.
#[derive(Default)]
struct Counts {
    faults: Count,
    retries: Count,
    writes: Count,
    opened: Count,
    closed: Count,
    dropped: Count,
}

/// The pages of an object, made on fault.
type Slots = KVVec<Option<UserPage>>;

fn slots(count: usize) -> Result<Slots> {
    let mut slots = KVVec::new();
    for _ in 0..count {
        slots.push(None, GFP_KERNEL)?;
    }
    Ok(slots)
}

/// Pages, the first of which has a first byte of `first`, the next one of that and one, and so on.
fn filled(count: usize, first: u8) -> Result<KVVec<UserPage>> {
    let mut pages = KVVec::new();
    for i in 0..count {
        let page = UserPage::new(GFP_KERNEL)?;
        // CAST: The tests have a few pages.
        page.write(0, &[first + i as u8])?;
        pages.push(page, GFP_KERNEL)?;
    }
    Ok(pages)
}

/// Maps the page of a fault, which is made if there is none.
fn map_slot<T>(fault: Fault<'_, T>) -> FaultResult<'_>
where
    T: VmOperations<Level = ObjectLock, State = Slots>,
    T::Kind: MapsPages,
{
    let (place, mut scope) = fault.into_place();
    let object = place.object();
    let mut state = object.lock(&mut scope);
    let (slots, locked, mut scope) = state.split_mut();
    let slot = slots.get_mut(place.pgoff()).ok_or(FaultError::BusError)?;
    if slot.is_none() {
        *slot = Some(UserPage::new(GFP_KERNEL)?);
    }
    let page = slot.as_ref().ok_or(FaultError::BusError)?;
    place.map(locked, &mut scope, page)
}

/// What a buffer does not let happen to its VMAs.
#[derive(Clone, Copy, PartialEq)]
enum Refuses {
    Nothing,
    Mmap,
    Split,
}

/// Pages on fault, with all that is told of its VMAs.
struct Buffer {
    counts: Arc<Counts>,
    refuses: Refuses,
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.counts.dropped.up();
    }
}

#[vtable]
impl VmOperations for Buffer {
    type Kind = Pages;
    type Access = ReadWrite;
    type Level = ObjectLock;
    type State = Slots;

    fn fault(fault: Fault<'_, Self>) -> FaultResult<'_> {
        fault.object().counts.faults.up();
        map_slot(fault)
    }

    fn mapped(
        object: ArcBorrow<'_, VmObject<Self>>,
        pages: Range<usize>,
        mut scope: InnerScope<'_, VmaLock>,
    ) -> Result {
        drop(object.lock(&mut scope));
        if object.refuses == Refuses::Mmap || pages.is_empty() {
            return Err(ENXIO);
        }
        object.counts.opened.up();
        Ok(())
    }

    fn open(
        object: ArcBorrow<'_, VmObject<Self>>,
        _pages: Range<usize>,
        mut scope: InnerScope<'_, VmaLock>,
    ) {
        // It is a scope for the object's lock.
        drop(object.lock(&mut scope));
        object.counts.opened.up();
    }

    fn close(
        object: ArcBorrow<'_, VmObject<Self>>,
        _pages: Range<usize>,
        mut scope: InnerScope<'_, VmaLock>,
    ) {
        drop(object.lock(&mut scope));
        object.counts.closed.up();
    }

    fn may_split(
        object: ArcBorrow<'_, VmObject<Self>>,
        vma: &Vma<'_, Write>,
        addr: usize,
    ) -> Result {
        if object.refuses == Refuses::Split || addr <= vma.start() || addr >= vma.end() {
            return Err(EINVAL);
        }
        Ok(())
    }

    fn access(
        object: ArcBorrow<'_, VmObject<Self>>,
        offset: usize,
        access: Remote<'_>,
        mut scope: InnerScope<'_, VmaLock>,
    ) -> Result<usize> {
        let state = object.lock(&mut scope);
        let page = state.get(offset / PAGE_SIZE).ok_or(EFAULT)?;
        let page = page.as_ref().ok_or(EFAULT)?;
        let room = PAGE_SIZE - offset % PAGE_SIZE;
        match access {
            Remote::Peek(to) => {
                let len = room.min(to.len());
                page.read(offset % PAGE_SIZE, &mut to[..len])?;
                Ok(len)
            }
            Remote::Poke(from) => {
                let len = room.min(from.len());
                page.write(offset % PAGE_SIZE, &from[..len])?;
                Ok(len)
            }
        }
    }
}

/// An object that is in the file `file`.
struct Device<T: VmOperations> {
    object: Arc<VmObject<T>>,
    file: ARef<File>,
}

/// What `mmap` does with the VMA of an object.
type Mmap<T> = fn(ArcBorrow<'_, VmObject<T>>, &VmaNew) -> Result;

/// What `mmap_prepare` does with its description.
type Prepare<T> = fn(ArcBorrow<'_, VmObject<T>>, &mut VmaDesc) -> Result;

/// What the file of a device has.
struct OfFile<T: VmOperations> {
    object: Arc<VmObject<T>>,
    mmap: Mmap<T>,
    prepare: Prepare<T>,
}

impl<T: VmOperations> Device<T> {
    const FILE_OPS: bindings::file_operations = bindings::file_operations {
        owner: owner_module::<T>(),
        mmap: Some(Self::mmap),
        release: Some(Self::release),
        ..pin_init::zeroed()
    };

    const PREPARE_OPS: bindings::file_operations = bindings::file_operations {
        mmap: None,
        mmap_prepare: Some(Self::mmap_prepare),
        ..Self::FILE_OPS
    };

    /// Makes a file whose `mmap` maps the object.
    fn new(object: Arc<VmObject<T>>) -> Result<Self> {
        Self::with(object, |object, vma| Setup::new(vma).map(object))
    }

    /// Makes a file whose `mmap_prepare` maps the object.
    fn prepared(object: Arc<VmObject<T>>) -> Result<Self> {
        Self::prepared_with(object, |object, desc| Setup::prepare(desc).map(object))
    }

    fn prepared_with(object: Arc<VmObject<T>>, prepare: Prepare<T>) -> Result<Self> {
        let ops = const { &Self::PREPARE_OPS };
        Self::make(object, |_, _| Err(ENODEV), prepare, ops)
    }

    fn with(object: Arc<VmObject<T>>, mmap: Mmap<T>) -> Result<Self> {
        let ops = const { &Self::FILE_OPS };
        Self::make(object, mmap, |_, _| Err(ENODEV), ops)
    }

    fn make(
        object: Arc<VmObject<T>>,
        mmap: Mmap<T>,
        prepare: Prepare<T>,
        ops: &'static bindings::file_operations,
    ) -> Result<Self> {
        let data = KBox::new(
            OfFile {
                object: object.clone(),
                mmap,
                prepare,
            },
            GFP_KERNEL,
        )?;
        let data = KBox::into_raw(data);
        // SAFETY: As in `VmObject::file`.
        let file = from_err_ptr(unsafe {
            bindings::anon_inode_create_getfile(
                c"[mmguard_test]".as_char_ptr(),
                ops,
                data.cast(),
                bindings::O_RDWR as c_int,
                core::ptr::null(),
            )
        });
        if file.is_err() {
            // SAFETY: There is no file, so the box is still ours.
            drop(unsafe { KBox::from_raw(data) });
        }
        // SAFETY: As in `test_file`.
        let file = unsafe { ARef::from_raw(NonNull::new(file?).ok_or(ENOMEM)?.cast()) };
        Ok(Self { object, file })
    }

    /// # Safety
    ///
    /// To be called by C, for a file of `make`.
    unsafe extern "C" fn mmap(
        file: *mut bindings::file,
        vma: *mut bindings::vm_area_struct,
    ) -> c_int {
        // SAFETY: The file is one of `make`.
        let of_file = unsafe { &*(*file).private_data.cast::<OfFile<T>>() };
        // SAFETY: C calls this while it sets the VMA up.
        match (of_file.mmap)(of_file.object.as_arc_borrow(), unsafe {
            VmaNew::from_raw(vma)
        }) {
            Ok(()) => 0,
            Err(err) => err.to_errno(),
        }
    }

    /// # Safety
    ///
    /// To be called by C, for a file of `make`.
    unsafe extern "C" fn mmap_prepare(desc: *mut bindings::vm_area_desc) -> c_int {
        // SAFETY: The file is one of `make`.
        let of_file = unsafe { &*(*(*desc).file).private_data.cast::<OfFile<T>>() };
        // SAFETY: C calls this with the description of a VMA.
        let result = unsafe {
            VmaDesc::handle(desc, |desc| {
                (of_file.prepare)(of_file.object.as_arc_borrow(), desc)
            })
        };
        match result {
            Ok(()) => 0,
            Err(err) => err.to_errno(),
        }
    }

    /// # Safety
    ///
    /// To be called by C, for a file of `make`.
    unsafe extern "C" fn release(_inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: The file is one of `make`.
        drop(unsafe { KBox::from_raw((*file).private_data.cast::<OfFile<T>>()) });
        0
    }

    fn map(&self, mm: &TestMm, addr: usize, pages: usize, pgoff: usize) -> Result {
        mm.map_file(addr, pages, Sharing::Shared, &self.file, pgoff)
    }
}

/// A device of some pages, and its counts.
fn buffer(pages: usize) -> Result<(Device<Buffer>, Arc<Counts>)> {
    buffer_with(pages, Refuses::Nothing, |object, vma| {
        Setup::new(vma).map(object)
    })
}

fn buffer_with(
    pages: usize,
    refuses: Refuses,
    mmap: Mmap<Buffer>,
) -> Result<(Device<Buffer>, Arc<Counts>)> {
    let counts = Arc::new(Counts::default(), GFP_KERNEL)?;
    let object = Arc::pin_init(
        VmObject::new(
            c"[mmguard_buffer]",
            Pages::new(pages),
            Buffer {
                counts: counts.clone(),
                refuses,
            },
            new_mutex!(slots(pages)?, "buffer"),
        ),
        GFP_KERNEL,
    )?;
    Ok((Device::with(object, mmap)?, counts))
}

/// The first byte of a page of an object, as the kernel sees it.
fn first_byte(object: &VmObject<Buffer>, pgoff: usize) -> Result<u8> {
    let mut byte = [0];
    let mut nothing = NothingHeld::new();
    let state = object.lock(&mut nothing);
    state
        .get(pgoff)
        .and_then(Option::as_ref)
        .ok_or(ENOENT)?
        .read(0, &mut byte)?;
    Ok(byte[0])
}

/// Defines objects of another kind, without more operations.
macro_rules! kinds {
    ($($name:ident: $kind:ty, $access:ty, $state:ty;)+) => {$(
        struct $name;

        #[vtable]
        impl VmOperations for $name {
            type Kind = $kind;
            type Access = $access;
            type Level = ObjectLock;
            type State = $state;
        }

        impl $name {
            #[allow(dead_code)]
            fn device(kind: $kind, state: $state) -> Result<Device<Self>> {
                let object = Arc::pin_init(
                    VmObject::new(c"[mmguard_kind]", kind, Self, new_mutex!(state, "kind")),
                    GFP_KERNEL,
                )?;
                Device::new(object)
            }
        }
    )+};
}

kinds! {
    ReadOnlyAtMmap: PagesAtMmap, ReadOnly, ();
    WritableAtMmap: PagesAtMmap, ReadWrite, ();
    FramesAtMmap: PfnsAtMmap, ReadWrite, ();
    NoFault: Pages, ReadWrite, Slots;
}

/// Frames on fault, with huge pages where they are possible, and writes that are told.
struct FrameBuffer {
    counts: Arc<Counts>,
    /// The object that is locked, instead of its own.
    other: Option<Arc<VmObject<Self>>>,
}

#[vtable]
impl VmOperations for FrameBuffer {
    type Kind = Pfns;
    type Access = ReadWrite;
    type Level = ObjectLock;
    type State = bool;

    fn fault(fault: Fault<'_, Self>) -> FaultResult<'_> {
        let (place, mut scope) = fault.into_place();
        let object = place.object();
        object.counts.faults.up();
        let locked = object.other.as_deref().unwrap_or(&object);
        let mut present = locked.lock(&mut scope);
        let (present, locked, mut scope) = present.split_mut();
        if !*present {
            return Err(FaultError::BusError);
        }
        place.map_frame(locked, &mut scope)
    }

    #[cfg(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP)]
    fn huge_fault(fault: HugeFault<'_, Self>) -> core::result::Result<Mapped<'_>, Fallback> {
        let (place, mut scope) = fault.into_place();
        let object = place.object();
        let locked = object.other.as_deref().unwrap_or(&object);
        let mut present = locked.lock(&mut scope);
        let (_, locked, mut scope) = present.split_mut();
        let mapped = place.map_frames(locked, &mut scope)?;
        object.counts.opened.up();
        Ok(mapped)
    }

    fn pfn_mkwrite(mut fault: WriteFault<'_, Self>) -> core::result::Result<(), FaultError> {
        let object = fault.object();
        object.counts.writes.up();
        drop(object.lock(&mut fault));
        Ok(())
    }
}

fn frame_buffer(frames: Frames) -> Result<(Device<FrameBuffer>, Arc<Counts>)> {
    frame_buffer_with(frames, None)
}

fn frame_buffer_with(
    frames: Frames,
    other: Option<Arc<VmObject<FrameBuffer>>>,
) -> Result<(Device<FrameBuffer>, Arc<Counts>)> {
    let counts = Arc::new(Counts::default(), GFP_KERNEL)?;
    let data = FrameBuffer {
        counts: counts.clone(),
        other,
    };
    let object = Arc::pin_init(
        VmObject::new(
            c"[mmguard_frames]",
            Pfns::new(frames),
            data,
            new_mutex!(true, "frames"),
        ),
        GFP_KERNEL,
    )?;
    Ok((Device::new(object)?, counts))
}

/// A frame at the even offsets, and a page at the others. Its faults give their lock up first.
struct Both {
    counts: Arc<Counts>,
}

#[vtable]
impl VmOperations for Both {
    type Kind = Mixed;
    type Access = ReadWrite;
    type Level = ObjectLock;
    type State = Slots;

    fn fault(fault: Fault<'_, Self>) -> FaultResult<'_> {
        fault.object().counts.faults.up();
        let fault = match fault.unlock() {
            Ok(mut unlocked) => {
                let object = unlocked.object();
                object.counts.retries.up();
                drop(object.lock(&mut unlocked));
                return unlocked.retry();
            }
            Err(fault) => fault,
        };
        if fault.pgoff() % 2 == 1 {
            return map_slot(fault);
        }
        let (place, mut scope) = fault.into_place();
        let object = place.object();
        let mut state = object.lock(&mut scope);
        let (_, locked, mut scope) = state.split_mut();
        place.map_frame(locked, &mut scope)
    }

    fn page_mkwrite(fault: WriteFault<'_, Self>) -> core::result::Result<(), FaultError> {
        fault.object().counts.writes.up();
        Ok(())
    }
}

/// One page, which is mapped as a driver had better not.
struct Odd {
    /// The object that is locked when the page is mapped. Without, the page is there already then,
    /// as if another task had faulted at the same time.
    other: Option<Arc<VmObject<Self>>>,
}

#[vtable]
impl VmOperations for Odd {
    type Kind = Pages;
    type Access = ReadWrite;
    type Level = ObjectLock;
    type State = UserPage;

    fn fault(mut fault: Fault<'_, Self>) -> FaultResult<'_> {
        let own = Arc::from(fault.object());
        if own.other.is_none() {
            let pgoff = fault.pgoff();
            let (vma, mut scope) = fault.split();
            let mut state = own.lock(&mut scope);
            let (page, locked, mut scope) = state.split_mut();
            let vma = locked.own(vma).ok_or(ENOENT)?;
            vma.insert(&mut scope, pgoff, page)?;
        }
        let object = own.other.as_ref().unwrap_or(&own);
        let (place, mut scope) = fault.into_place();
        let mut state = object.lock(&mut scope);
        let (page, locked, mut scope) = state.split_mut();
        place.map(locked, &mut scope, page)
    }
}

fn odd(other: Option<Arc<VmObject<Odd>>>) -> Result<Device<Odd>> {
    let page = UserPage::new(GFP_KERNEL)?;
    let object = Arc::pin_init(
        VmObject::new(
            c"[mmguard_odd]",
            Pages::new(1),
            Odd { other },
            new_mutex!(page, "odd"),
        ),
        GFP_KERNEL,
    )?;
    Device::new(object)
}

/// Gives up the lock of a fault, after which the VMA goes.
#[derive(Default)]
struct Leaving {
    kept: Count,
}

#[vtable]
impl VmOperations for Leaving {
    type Kind = Pages;
    type Access = ReadWrite;
    type Level = ObjectLock;
    type State = ();

    fn fault(fault: Fault<'_, Self>) -> FaultResult<'_> {
        let unlocked = fault.unlock().map_err(|_| FaultError::BusError)?;
        let object = unlocked.object();
        unmap(BASE, 1).map_err(FaultError::from)?;
        release_files();
        // The file keeps the module, in which this runs.
        if object.live_file().is_some() {
            object.kept.up();
        }
        unlocked.retry()
    }
}

/// Loses a race: where a huge page is to go another fault maps a page first, or the other way
/// round.
#[cfg(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP)]
struct Racing {
    /// What the other fault maps.
    other_is_huge: bool,
    faults: Count,
    huge_faults: Count,
    fallbacks: Count,
}

#[cfg(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP)]
impl Racing {
    fn device(frames: Frames, other_is_huge: bool) -> Result<Device<Self>> {
        let racing = Self {
            other_is_huge,
            faults: Count::default(),
            huge_faults: Count::default(),
            fallbacks: Count::default(),
        };
        let object = Arc::pin_init(
            VmObject::new(
                c"[mmguard_racing]",
                Pfns::new(frames),
                racing,
                new_mutex!((), "racing"),
            ),
            GFP_KERNEL,
        )?;
        Device::new(object)
    }

    /// Lets another task access a page of the same table, and returns whether it could.
    fn race() -> Result<bool> {
        let mm = ARef::from(current!().mm().ok_or(EINVAL)?);
        elsewhere(move || in_mm(&mm, || read_here(TABLE + PAGE_SIZE).is_ok()))
    }
}

#[cfg(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP)]
#[vtable]
impl VmOperations for Racing {
    type Kind = Pfns;
    type Access = ReadWrite;
    type Level = ObjectLock;
    type State = ();

    fn huge_fault(fault: HugeFault<'_, Self>) -> core::result::Result<Mapped<'_>, Fallback> {
        let (place, mut scope) = fault.into_place();
        let object = place.object();
        object.huge_faults.up();
        let is_first = object.huge_faults.get() == 1;
        if is_first == object.other_is_huge || (is_first && Self::race() != Ok(true)) {
            return Err(Fallback);
        }
        let mut state = object.lock(&mut scope);
        let ((), locked, mut scope) = state.split_mut();
        place
            .map_frames(locked, &mut scope)
            .inspect_err(|_| object.fallbacks.up())
    }

    fn fault(fault: Fault<'_, Self>) -> FaultResult<'_> {
        let (place, mut scope) = fault.into_place();
        let object = place.object();
        object.faults.up();
        if object.other_is_huge && object.faults.get() == 1 && Self::race() != Ok(true) {
            return Err(FaultError::BusError);
        }
        let mut state = object.lock(&mut scope);
        let ((), locked, mut scope) = state.split_mut();
        place.map_frame(locked, &mut scope)
    }
}

/// Nothing to access, with a name and a size of pages.
struct Named {
    name: Option<&'static CStr>,
    page_size: usize,
}

#[vtable]
impl VmOperations for Named {
    type Kind = Pages;
    type Access = ReadWrite;
    type Level = ObjectLock;
    type State = ();

    fn name(object: ArcBorrow<'_, VmObject<Self>>) -> Option<&'static CStr> {
        object.name
    }

    fn pagesize(object: ArcBorrow<'_, VmObject<Self>>) -> usize {
        object.page_size
    }
}

/// Every operation, each of which does as little as it can.
struct Every;

#[vtable]
impl VmOperations for Every {
    type Kind = Pages;
    type Access = ReadWrite;
    type Level = ObjectLock;
    type State = ();

    fn fault(_fault: Fault<'_, Self>) -> FaultResult<'_> {
        Err(FaultError::BusError)
    }

    fn huge_fault(_fault: HugeFault<'_, Self>) -> core::result::Result<Mapped<'_>, Fallback> {
        Err(Fallback)
    }

    fn map_pages(_around: FaultAround<'_, Self>) {}

    fn page_mkwrite(_fault: WriteFault<'_, Self>) -> core::result::Result<(), FaultError> {
        Ok(())
    }

    fn pfn_mkwrite(_fault: WriteFault<'_, Self>) -> core::result::Result<(), FaultError> {
        Ok(())
    }

    fn open(
        _object: ArcBorrow<'_, VmObject<Self>>,
        _pages: Range<usize>,
        _scope: InnerScope<'_, VmaLock>,
    ) {
    }

    fn close(
        _object: ArcBorrow<'_, VmObject<Self>>,
        _pages: Range<usize>,
        _scope: InnerScope<'_, VmaLock>,
    ) {
    }

    fn mapped(
        _object: ArcBorrow<'_, VmObject<Self>>,
        _pages: Range<usize>,
        _scope: InnerScope<'_, VmaLock>,
    ) -> Result {
        Ok(())
    }

    fn may_split(
        _object: ArcBorrow<'_, VmObject<Self>>,
        _vma: &Vma<'_, Write>,
        _addr: usize,
    ) -> Result {
        Ok(())
    }

    fn mremap(_object: ArcBorrow<'_, VmObject<Self>>, _vma: &Vma<'_, Write>) -> Result {
        Ok(())
    }

    fn mprotect(
        _object: ArcBorrow<'_, VmObject<Self>>,
        _vma: &Vma<'_, Write>,
        _range: Range<usize>,
        _flags: usize,
    ) -> Result {
        Ok(())
    }

    fn access(
        _object: ArcBorrow<'_, VmObject<Self>>,
        _offset: usize,
        _access: Remote<'_>,
        _scope: InnerScope<'_, VmaLock>,
    ) -> Result<usize> {
        Ok(0)
    }

    fn name(_object: ArcBorrow<'_, VmObject<Self>>) -> Option<&'static CStr> {
        None
    }

    fn pagesize(_object: ArcBorrow<'_, VmObject<Self>>) -> usize {
        PAGE_SIZE
    }
}

/// Which operations there are, by their place in `struct vm_operations_struct`.
fn operations(ops: &bindings::vm_operations_struct) -> [bool; 14] {
    [
        ops.mapped.is_some(),
        ops.open.is_some(),
        ops.close.is_some(),
        ops.may_split.is_some(),
        ops.mremap.is_some(),
        ops.mprotect.is_some(),
        ops.fault.is_some(),
        ops.huge_fault.is_some(),
        ops.map_pages.is_some(),
        ops.pagesize.is_some(),
        ops.page_mkwrite.is_some(),
        ops.pfn_mkwrite.is_some(),
        ops.access.is_some(),
        ops.name.is_some(),
    ]
}

/// Whether the VMA at `addr` is one of the object, and has all of the flags.
fn is_own<T: VmOperations<Level = ObjectLock>>(
    object: &VmObject<T>,
    mm: &MmWithUser,
    addr: usize,
    flags: usize,
) -> Result<bool> {
    let mut ctx = LockContext::new(mm);
    let mut guard = ctx.stabilise(addr)?;
    let (vma, mut scope) = guard.split();
    let mut state = object.lock(&mut scope);
    let (locked, _) = state.split();
    Ok(locked.own(vma).is_some() && vma.flags() & flags == flags)
}

/// Calls a closure with the VMA at [`BASE`] as one of the device's object, which is locked.
fn with_own<T: VmOperations<Level = ObjectLock>>(
    device: &Device<T>,
    mm: &MmWithUser,
    f: impl FnOnce(&OwnVma<'_, VmaReadOrRead, T>, &mut InnerScope<'_, ObjectLock>) -> Result,
) -> Result {
    let mut ctx = LockContext::new(mm);
    let mut guard = ctx.stabilise(BASE)?;
    let (vma, mut scope) = guard.split();
    let mut state = device.object.lock(&mut scope);
    let (locked, mut scope) = state.split();
    f(&locked.own(vma).ok_or(ENOENT)?, &mut scope)
}

/// Calls a closure with an mm and with frames for huge pages, which follow each other and are zero.
///
/// What it maps is unmapped after it, up to 2 GiB from [`BASE`] on.
#[cfg(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP)]
fn with_frames(
    huge_pages: usize,
    f: impl FnOnce(&TestMm, &dyn Fn() -> Frames) -> Result,
) -> Result {
    let mm = TestMm::empty()?;
    let order = (huge_pages * ENTRIES).ilog2();
    // SAFETY: It only makes pages.
    let page = unsafe { bindings::alloc_pages(bindings::GFP_KERNEL | bindings::__GFP_ZERO, order) };
    let page = NonNull::new(page).ok_or(ENOMEM)?;
    // SAFETY: The page is valid.
    let pfn = unsafe { bindings::page_to_pfn(page.as_ptr()) };
    let frames = || {
        // SAFETY: The pages are zeroed, and kept until nothing maps them.
        unsafe { Frames::of_device(pfn, huge_pages * ENTRIES, Caching::Cached) }
    };
    let result = f(&mm, &frames);
    mm.unmap(BASE, 2 * ENTRIES * ENTRIES)?;
    release_files();
    // SAFETY: Nothing maps them: it was just unmapped, or else they are leaked.
    unsafe { bindings::__free_pages(page.as_ptr(), order) };
    result
}

#[kunit_tests(mmguard_driver)]
mod suite {
    use super::*;

    #[test]
    fn pages_are_mapped_on_fault() -> Result {
        let mm = TestMm::empty()?;
        let (device, counts) = buffer(4)?;
        device.map(&mm, BASE, 3, 1)?;
        expect!(counts.faults.get() == 0 && counts.opened.get() == 1);
        expect!(mm.read(BASE)? == 0 && counts.faults.get() == 1);
        mm.touch(BASE, 2)?;
        expect!(counts.faults.get() == 2);
        expect!(first_byte(&device.object, 1)? == 1 && first_byte(&device.object, 2)? == 1);
        expect!(first_byte(&device.object, 0) == Err(ENOENT));
        expect!(first_byte(&device.object, 3) == Err(ENOENT));
        let special = flags::MIXEDMAP | flags::DONTEXPAND | flags::SHARED;
        expect!(is_own(&device.object, &mm, BASE, special)?);
        Ok(())
    }

    #[test]
    fn range_must_be_in_the_object() -> Result {
        let mm = TestMm::empty()?;
        let (device, _) = buffer(4)?;
        for (pages, pgoff) in [(5, 0), (1, 4), (2, 3), (4, 1), (1, usize::MAX / PAGE_SIZE)] {
            expect!(device.map(&mm, BASE, pages, pgoff).is_err());
        }
        device.map(&mm, BASE, 4, 0)?;
        device.map(&mm, BASE, 1, 3)
    }

    #[test]
    fn private_mapping_writes_a_copy() -> Result {
        let mm = TestMm::empty()?;
        let (device, _) = buffer(2)?;
        mm.map_file(BASE, 2, Sharing::Private, &device.file, 0)?;
        mm.touch(BASE, 1)?;
        expect!(mm.read(BASE)? == 1 && first_byte(&device.object, 0)? == 0);
        // The copy is the process's, and is not taken back.
        let mut nothing = NothingHeld::new();
        let mut state = device.object.lock(&mut nothing);
        let (_, locked, mut scope) = state.split_mut();
        locked.revoke(&mut scope, 0..2);
        drop(state);
        expect!(mm.read(BASE)? == 1);
        Ok(())
    }

    #[test]
    fn object_has_no_other_vmas() -> Result {
        let mm = TestMm::empty()?;
        let (one, _) = buffer(2)?;
        let (other, _) = buffer(2)?;
        one.map(&mm, BASE, 2, 0)?;
        other.map(&mm, BASE + 2 * PAGE_SIZE, 2, 0)?;
        expect!(is_own(&one.object, &mm, BASE, 0)?);
        expect!(!is_own(&other.object, &mm, BASE, 0)?);
        expect!(!is_own(&one.object, &mm, BASE + 2 * PAGE_SIZE, 0)?);
        // A part of it is.
        mm.unmap(BASE, 1)?;
        expect!(is_own(&one.object, &mm, BASE + PAGE_SIZE, 0)?);
        // What stands there later is not.
        let rest = BASE + PAGE_SIZE;
        other.map(&mm, rest, 1, 0)?;
        expect!(!is_own(&one.object, &mm, rest, 0)?);
        mm.map(rest, 1, PROT_READ)?;
        expect!(!is_own(&one.object, &mm, rest, 0)? && !is_own(&other.object, &mm, rest, 0)?);
        // Neither has a file.
        let (never_mapped, _) = buffer(1)?;
        expect!(!is_own(&never_mapped.object, &mm, rest, 0)?);
        Ok(())
    }

    #[test]
    fn vma_keeps_the_object() -> Result {
        let mm = TestMm::empty()?;
        let (device, counts) = buffer(4)?;
        device.map(&mm, BASE, 4, 0)?;
        mm.touch(BASE, 4)?;
        drop(device);
        release_files();
        expect!(counts.dropped.get() == 0);
        // Two parts remain of it, one in the middle is gone.
        mm.unmap(BASE + PAGE_SIZE, 1)?;
        expect!(counts.opened.get() >= 2);
        mm.touch(BASE, 1)?;
        mm.unmap(BASE, 1)?;
        release_files();
        expect!(counts.dropped.get() == 0 && mm.read(BASE + 2 * PAGE_SIZE)? == 1);
        mm.unmap(BASE + 2 * PAGE_SIZE, 2)?;
        release_files();
        expect!(counts.dropped.get() == 1);
        expect!(counts.closed.get() == counts.opened.get());
        Ok(())
    }

    #[test]
    fn failed_mmap_keeps_nothing() -> Result {
        let mm = TestMm::empty()?;
        // After the VMA was given to the object, and before.
        for mmap in [
            (|object, vma| {
                Setup::new(vma).map(object)?;
                Err(ENODEV)
            }) as Mmap<Buffer>,
            |_, _| Err(ENODEV),
        ] {
            let (device, counts) = buffer_with(1, Refuses::Nothing, mmap)?;
            expect!(device.map(&mm, BASE, 1, 0) == Err(ENODEV));
            expect!(counts.closed.get() == 0);
            drop(device);
            release_files();
            expect!(counts.dropped.get() == 1);
        }
        Ok(())
    }

    #[test]
    fn refused_mmap_keeps_nothing() -> Result {
        let mm = TestMm::empty()?;
        for prepared in [false, true] {
            let (device, counts) =
                buffer_with(1, Refuses::Mmap, |object, vma| Setup::new(vma).map(object))?;
            let prepared =
                Device::prepared(device.object.clone()).map(|it| prepared.then_some(it))?;
            let device = prepared.unwrap_or(device);
            expect!(device.map(&mm, BASE, 1, 0) == Err(ENXIO));
            expect!(counts.opened.get() == 0);
            drop(device);
            release_files();
            expect!(counts.dropped.get() == 1);
        }
        Ok(())
    }

    #[test]
    fn described_vmas_are_as_others() -> Result {
        let mm = TestMm::empty()?;
        let (other, counts) = buffer(4)?;
        let device = Device::prepared(other.object.clone())?;
        drop(other);
        expect!(device.map(&mm, BASE, 5, 0) == Err(EINVAL));
        device.map(&mm, BASE, 3, 1)?;
        expect!(counts.opened.get() == 1 && counts.faults.get() == 0);
        mm.touch(BASE, 1)?;
        expect!(first_byte(&device.object, 1)? == 1 && counts.faults.get() == 1);
        let special = flags::MIXEDMAP | flags::DONTEXPAND | flags::SHARED;
        expect!(is_own(&device.object, &mm, BASE, special)?);
        drop(device);
        release_files();
        expect!(counts.dropped.get() == 0);
        mm.unmap(BASE, 3)?;
        release_files();
        expect!(counts.dropped.get() == 1 && counts.closed.get() == 1);

        let pages = WritableAtMmap::device(PagesAtMmap::new(filled(3, 5)?)?, ())?;
        let pages = Device::prepared(pages.object.clone())?;
        pages.map(&mm, BASE, 2, 1)?;
        expect!(mm.read(BASE)? == 6 && mm.read(BASE + PAGE_SIZE)? == 7);
        expect!(pages.map(&mm, BASE, 2, 2) == Err(EINVAL));

        let read_only = ReadOnlyAtMmap::device(PagesAtMmap::new(filled(1, 5)?)?, ())?;
        let read_only = Device::prepared(read_only.object.clone())?;
        expect!(read_only.map(&mm, BASE, 1, 0) == Err(EACCES));

        let frames = FramesAtMmap::device(PfnsAtMmap::new(Frames::of_pages(filled(1, 8)?)), ())?;
        let frames = Device::prepared(frames.object.clone())?;
        frames.map(&mm, BASE, 1, 0)?;
        expect!(mm.read(BASE)? == 8);
        expect!(is_own(
            &frames.object,
            &mm,
            BASE,
            flags::PFNMAP | flags::IO
        )?);

        // C maps frames that follow each other, and no others.
        let mut pages = filled(2, 8)?;
        // SAFETY: The pages are valid.
        let pfn = |page: &UserPage| unsafe { bindings::page_to_pfn(page.as_ptr()) };
        if pfn(&pages[1]) == pfn(&pages[0]) + 1 {
            pages.swap(0, 1);
        }
        let frames = FramesAtMmap::device(PfnsAtMmap::new(Frames::of_pages(pages)), ())?;
        let frames = Device::prepared(frames.object.clone())?;
        expect!(frames.map(&mm, BASE, 2, 0) == Err(EINVAL));
        frames.map(&mm, BASE, 1, 1)?;
        Ok(())
    }

    #[test]
    fn failed_prepare_keeps_nothing() -> Result {
        let mm = TestMm::empty()?;
        let (other, counts) = buffer(1)?;
        let device = Device::prepared_with(other.object.clone(), |object, desc| {
            Setup::prepare(desc).map(object)?;
            Err(ENXIO)
        })?;
        drop(other);
        expect!(device.map(&mm, BASE, 1, 0) == Err(ENXIO));
        expect!(device.map(&mm, BASE, 1, 0) == Err(ENXIO));
        drop(device);
        release_files();
        expect!(counts.dropped.get() == 1);
        Ok(())
    }

    #[test]
    fn page_is_zeroed_by_any_flags() -> Result {
        for flags in [
            GFP_KERNEL | !GFP_KERNEL,
            GFP_NOWAIT | alloc::flags::__GFP_HIGHMEM,
        ] {
            let page = UserPage::new(flags)?;
            let mut content = [1; 8];
            page.read(PAGE_SIZE - 8, &mut content)?;
            expect!(content == [0; 8]);
        }
        Ok(())
    }

    #[test]
    fn vma_is_given_away_once() -> Result {
        let mm = TestMm::empty()?;
        let (device, _) = buffer_with(1, Refuses::Nothing, |object, vma| {
            Setup::new(vma).map(object)?;
            match Setup::new(vma).map(object) {
                Err(EBUSY) => Ok(()),
                _ => Err(ENODEV),
            }
        })?;
        device.map(&mm, BASE, 1, 0)?;
        mm.touch(BASE, 1)
    }

    #[test]
    fn vma_of_another_driver_is_taken() -> Result {
        const OPS: bindings::vm_operations_struct = bindings::vm_operations_struct {
            close: Some(close),
            ..pin_init::zeroed()
        };
        extern "C" fn close(_vma: *mut bindings::vm_area_struct) {}

        let mm = TestMm::empty()?;
        for (mmap, result) in [
            (
                (|object, vma| {
                    // SAFETY: The VMA is under construction.
                    unsafe { (*vma.as_ptr()).vm_private_data = vma.as_ptr().cast() };
                    Setup::new(vma).map(object)
                }) as Mmap<Buffer>,
                Err(EBUSY),
            ),
            (
                |object, vma| {
                    // SAFETY: As above.
                    unsafe { (*vma.as_ptr()).vm_ops = const { &OPS } };
                    Setup::new(vma).map(object)
                },
                Err(EBUSY),
            ),
            (
                |object, vma| {
                    // SAFETY: As above.
                    unsafe { (*vma.as_ptr()).vm_ops = core::ptr::null() };
                    Setup::new(vma).map(object)
                },
                Ok(()),
            ),
        ] {
            let (device, _) = buffer_with(1, Refuses::Nothing, mmap)?;
            expect!(device.map(&mm, BASE, 1, 0) == result);
        }
        Ok(())
    }

    #[test]
    fn flag_too_many_is_no_bug() -> Result {
        let mm = TestMm::empty()?;
        let (device, _) = frame_buffer(Frames::of_pages(filled(1, 7)?))?;
        let device = Device::with(device.object.clone(), |object, vma| {
            Setup::new(vma).map(object)?;
            vma.set_mixedmap();
            Ok(())
        })?;
        device.map(&mm, BASE, 1, 0)?;
        expect!(mm.read(BASE) == Err(EFAULT));
        Ok(())
    }

    #[test]
    fn flags_by_name() -> Result {
        let mm = TestMm::empty()?;
        let (device, _) = buffer_with(1, Refuses::Nothing, |object, vma| {
            Setup::new(vma).dont_copy().dont_dump().io().map(object)
        })?;
        device.map(&mm, BASE, 1, 0)?;
        let named = flags::DONTCOPY | flags::DONTDUMP | flags::IO;
        expect!(is_own(&device.object, &mm, BASE, named)?);
        Ok(())
    }

    #[test]
    fn read_only_object_is_not_written() -> Result {
        let mm = TestMm::empty()?;
        let device = ReadOnlyAtMmap::device(PagesAtMmap::new(filled(2, 5)?)?, ())?;
        for sharing in [Sharing::Shared, Sharing::Private] {
            let map = |prot| mm.map_file_as(BASE, 2, prot, sharing, &device.file, 0);
            expect!(map(PROT_READ | PROT_WRITE) == Err(EACCES));
            map(PROT_READ)?;
            expect!(mm.read(BASE)? == 5 && mm.read(BASE + PAGE_SIZE)? == 6);
            let mut ctx = LockContext::new(&mm);
            let vma = ctx.stabilise(BASE)?;
            expect!(vma.flags() & (flags::WRITE | flags::MAYWRITE) == 0);
        }
        Ok(())
    }

    #[test]
    fn mapped_at_once() -> Result {
        let mm = TestMm::empty()?;
        let pages = WritableAtMmap::device(PagesAtMmap::new(filled(3, 5)?)?, ())?;
        pages.map(&mm, BASE, 2, 1)?;
        expect!(mm.read(BASE)? == 6 && mm.read(BASE + PAGE_SIZE)? == 7);
        mm.touch(BASE, 1)?;
        let mut byte = [0];
        pages
            .object
            .kind()
            .page(1)
            .ok_or(ENOENT)?
            .read(0, &mut byte)?;
        expect!(byte == [1]);

        let frames = FramesAtMmap::device(PfnsAtMmap::new(Frames::of_pages(filled(3, 5)?)), ())?;
        frames.map(&mm, BASE, 3, 0)?;
        expect!(mm.read(BASE)? == 5 && mm.read(BASE + 2 * PAGE_SIZE)? == 7);
        expect!(is_own(
            &frames.object,
            &mm,
            BASE,
            flags::PFNMAP | flags::IO
        )?);
        mm.touch(BASE, 1)?;
        let page = frames.object.kind().frames().page(0).ok_or(ENOENT)?;
        page.read(0, &mut byte)?;
        expect!(byte == [1]);
        Ok(())
    }

    #[test]
    fn frames_on_fault() -> Result {
        let mm = TestMm::empty()?;
        let (device, counts) = frame_buffer(Frames::of_pages(filled(2, 8)?))?;
        let map = |prot, sharing| mm.map_file_as(BASE, 2, prot, sharing, &device.file, 0);
        // C would end in a `BUG_ON()` when a frame is mapped there.
        expect!(map(PROT_READ | PROT_WRITE, Sharing::Private) == Err(EINVAL));
        expect!(map(PROT_READ, Sharing::Private) == Err(EINVAL));
        map(PROT_READ | PROT_WRITE, Sharing::Shared)?;
        expect!(mm.read(BASE)? == 8 && mm.read(BASE + PAGE_SIZE)? == 9);
        expect!(counts.faults.get() == 2 && counts.writes.get() == 0);
        mm.touch(BASE, 1)?;
        expect!(counts.writes.get() == 1);
        expect!(is_own(&device.object, &mm, BASE, flags::PFNMAP)?);
        Ok(())
    }

    #[test]
    fn frames_and_pages() -> Result {
        let mm = TestMm::empty()?;
        let counts = Arc::new(Counts::default(), GFP_KERNEL)?;
        let data = Both {
            counts: counts.clone(),
        };
        // SAFETY: It is not mapped.
        let uncached = unsafe { Frames::of_device(0, 1, Caching::Uncached) };
        expect!(Mixed::new(uncached).err() == Some(EINVAL));
        let kind = Mixed::new(Frames::of_pages(filled(4, 3)?))?;
        let object = Arc::pin_init(
            VmObject::new(c"[mmguard_both]", kind, data, new_mutex!(slots(4)?, "both")),
            GFP_KERNEL,
        )?;
        let device = Device::new(object)?;
        device.map(&mm, BASE, 4, 0)?;
        expect!(mm.read(BASE)? == 3 && mm.read(BASE + PAGE_SIZE)? == 0);
        // Each was tried again, once.
        expect!(counts.faults.get() == 4 && counts.retries.get() == 2);
        // A page is told of its first write, a frame is not, without `pfn_mkwrite`.
        mm.touch(BASE, 2)?;
        mm.touch(BASE, 2)?;
        expect!(counts.writes.get() == 1);
        Ok(())
    }

    #[test]
    fn no_fault_handler_is_no_access() -> Result {
        let mm = TestMm::empty()?;
        let device = NoFault::device(Pages::new(1), slots(1)?)?;
        device.map(&mm, BASE, 1, 0)?;
        expect!(mm.read(BASE) == Err(EFAULT));
        Ok(())
    }

    #[test]
    fn mapped_meanwhile_is_success() -> Result {
        let mm = TestMm::empty()?;
        let device = odd(None)?;
        device.map(&mm, BASE, 1, 0)?;
        expect!(mm.read(BASE)? == 0);
        Ok(())
    }

    #[test]
    fn lock_of_another_object_maps_nothing() -> Result {
        let mm = TestMm::empty()?;
        let other = odd(None)?;
        let device = odd(Some(other.object.clone()))?;
        device.map(&mm, BASE, 1, 0)?;
        expect!(mm.read(BASE) == Err(EFAULT));
        Ok(())
    }

    #[test]
    fn insert_and_zap_of_an_own_vma() -> Result {
        let mm = TestMm::empty()?;
        let device = NoFault::device(Pages::new(4), slots(4)?)?;
        device.map(&mm, BASE, 4, 0)?;
        let pages = filled(3, 4)?;
        with_own(&device, &mm, |own, scope| {
            expect!(own.insert_all(scope, 0, &pages) == Ok(3));
            expect!(own.insert(scope, 2, &pages[0]) == Err(EBUSY));
            let after = BASE + 4 * PAGE_SIZE;
            expect!(own.insert_all(scope, 3, &pages) == Err((1, EFAULT)));
            for (start, end, err) in [
                (BASE, BASE + 100, EINVAL),
                (BASE + 1, BASE + PAGE_SIZE, EINVAL),
                (BASE - PAGE_SIZE, BASE, EFAULT),
                (BASE, after + PAGE_SIZE, EFAULT),
                (BASE + PAGE_SIZE, BASE, EFAULT),
            ] {
                expect!(own.zap(scope, start..end) == Err(err));
            }
            own.zap(scope, BASE..BASE + PAGE_SIZE)?;
            own.zap(scope, BASE..BASE)?;
            own.zap(scope, after - PAGE_SIZE..after)
        })?;
        expect!(mm.read(BASE) == Err(EFAULT));
        expect!(mm.read(BASE + PAGE_SIZE)? == 5 && mm.read(BASE + 2 * PAGE_SIZE)? == 6);
        Ok(())
    }

    #[test]
    fn insert_is_within_the_vma() -> Result {
        let mm = TestMm::empty()?;
        let device = NoFault::device(Pages::new(4), slots(4)?)?;
        device.map(&mm, BASE, 2, 1)?;
        let pages = filled(2, 4)?;
        with_own(&device, &mm, |own, scope| {
            // Of the last ones, there is no such offset in bytes, and no such address.
            for pgoff in [0, 3, usize::MAX, usize::MAX / PAGE_SIZE + 1] {
                expect!(own.insert(scope, pgoff, &pages[0]) == Err(EFAULT));
            }
            expect!(own.insert_all(scope, 1, &pages) == Ok(2));
            Ok(())
        })?;
        expect!(mm.read(BASE)? == 4 && mm.read(BASE + PAGE_SIZE)? == 5);
        Ok(())
    }

    #[test]
    fn revoke_reaches_every_mm() -> Result {
        let (device, _) = buffer(4)?;
        let file = device.file.clone();
        let other = OtherMm::new(move |mm| {
            mm.map_file(BASE, 2, Sharing::Shared, &file, 1)?;
            mm.touch(BASE, 2)
        })?;
        let mm = TestMm::empty()?;
        device.map(&mm, BASE, 4, 0)?;
        mm.touch(BASE, 4)?;
        let revoke = |pages| {
            let mut nothing = NothingHeld::new();
            let mut state = device.object.lock(&mut nothing);
            let (slots, locked, mut scope) = state.split_mut();
            locked.revoke(&mut scope, pages);
            for slot in slots.iter_mut() {
                *slot = None;
            }
        };
        // An empty range, and one after the end, take nothing.
        revoke(1..1);
        revoke(4..9);
        for page in 0..4 {
            expect!(pte_at(&mm, BASE + page * PAGE_SIZE)?.is_present());
        }
        revoke(1..3);
        for (page, present) in [true, false, false, true].into_iter().enumerate() {
            expect!(pte_at(&mm, BASE + page * PAGE_SIZE)?.is_present() == present);
        }
        for page in 0..2 {
            expect!(!pte_at(&other, BASE + page * PAGE_SIZE)?.is_present());
        }
        // There are new ones.
        expect!(mm.read(BASE + PAGE_SIZE)? == 0 && mm.read(BASE)? == 1);
        revoke(0..usize::MAX);
        expect!(mm.read(BASE)? == 0);
        Ok(())
    }

    #[test]
    fn revoke_of_one_opener_leaves_the_others() -> Result {
        let mm = TestMm::empty()?;
        let (one, _) = buffer(1)?;
        let (other, _) = buffer(1)?;
        let revoke = || {
            let mut nothing = NothingHeld::new();
            let mut state = one.object.lock(&mut nothing);
            let (_, locked, mut scope) = state.split_mut();
            locked.revoke(&mut scope, 0..1);
        };
        // Nobody has it mapped.
        revoke();
        one.map(&mm, BASE, 1, 0)?;
        other.map(&mm, BASE + PAGE_SIZE, 1, 0)?;
        mm.touch(BASE, 2)?;
        revoke();
        expect!(!pte_at(&mm, BASE)?.is_present());
        expect!(pte_at(&mm, BASE + PAGE_SIZE)?.is_present());
        Ok(())
    }

    #[test]
    fn tasks_at_once_make_one_file() -> Result {
        for _ in 0..50 {
            let (device, _) = buffer(1)?;
            let (begun, go) = (Event::new()?, Event::new()?);
            let (done, end) = (Event::new()?, Event::new()?);
            let seen = Arc::new(Atomic::new(0_usize), GFP_KERNEL)?;
            let thread = Thread::spawn({
                let (object, seen) = (device.object.clone(), seen.clone());
                let (begun, go) = (begun.clone(), go.clone());
                let (done, end) = (done.clone(), end.clone());
                move || {
                    begun.happen();
                    spins_until(|| go.happened());
                    let file = VmObject::file(object.as_arc_borrow());
                    seen.store(
                        file.as_ref().map_or(0, |file| file.as_ptr().addr()),
                        Relaxed,
                    );
                    done.happen();
                    end.wait();
                }
            })?;
            expect!(begun.wait());
            go.happen();
            let file = VmObject::file(device.object.as_arc_borrow())?;
            expect!(done.wait());
            expect!(seen.load(Relaxed) == file.as_ptr().addr());
            // One that was made in vain goes, and the object keeps the other.
            release_files();
            let live = device.object.live_file().ok_or(ENOENT)?;
            expect!(live.as_ptr() == file.as_ptr());
            end.happen();
            expect!(thread.join());
        }
        Ok(())
    }

    #[test]
    fn file_that_is_gone_is_no_later_one() -> Result {
        let (device, _) = buffer(1)?;
        drop(VmObject::file(device.object.as_arc_borrow())?);
        release_files();
        let mut later = KVec::new();
        for _ in 0..64 {
            later.push(test_file(1)?, GFP_KERNEL)?;
        }
        expect!(device.object.live_file().is_none());
        Ok(())
    }

    #[test]
    fn tried_lock_is_not_waited_for() -> Result {
        let (device, _) = buffer(1)?;
        let mut nothing = NothingHeld::new();
        expect!(device.object.try_lock(&mut nothing).is_some());
        expect!(device.object.try_lock_in_reclaim().is_some());
        let guard = device.object.lock(&mut nothing);
        let object = device.object.clone();
        let refused = elsewhere(move || {
            object.try_lock(&mut NothingHeld::new()).is_none()
                && object.try_lock_in_reclaim().is_none()
        })?;
        drop(guard);
        expect!(refused);
        Ok(())
    }

    #[test]
    fn error_of_a_fault_is_that_of_c() -> Result {
        expect!(FaultError::from(ENOMEM) == FaultError::OutOfMemory);
        expect!(FaultError::from(alloc::AllocError) == FaultError::OutOfMemory);
        for err in [EFAULT, EINVAL, EAGAIN] {
            expect!(FaultError::from(err) == FaultError::BusError);
        }
        Ok(())
    }

    #[test]
    fn frames_are_numbered() -> Result {
        // SAFETY: They are not mapped.
        let frames = unsafe { Frames::of_device(7, 3, Caching::Cached) };
        expect!(!frames.is_empty() && frames.len() == 3);
        expect!(frames.pfn(0) == Some(7) && frames.pfn(2) == Some(9));
        expect!(frames.pfn(3).is_none() && frames.page(0).is_none());
        for (index, count, first) in [(0, 3, Some(7)), (1, 2, Some(8)), (1, 3, None), (3, 1, None)]
        {
            expect!(frames.pfn_of_run(index, count) == first);
        }
        expect!(Frames::of_pages(filled(0, 0)?).is_empty());
        Ok(())
    }

    #[test]
    fn operations_are_those_of_the_driver() -> Result {
        expect!(operations(Shims::<Every>::PREPARED_OPS) == [true; 14]);
        expect!(operations(Shims::<NoFault>::PREPARED_OPS) == [false; 14]);
        // C calls `mapped` for a VMA that was described alone.
        let mut all_but_mapped = [true; 14];
        all_but_mapped[0] = false;
        expect!(operations(Shims::<Every>::OPS) == all_but_mapped);
        Ok(())
    }

    #[test]
    fn name_and_size_of_pages() -> Result {
        let mm = TestMm::empty()?;
        for (name, page_size, shown) in [
            (Some(c"[mmguard_name]"), PAGE_SIZE, PAGE_SIZE),
            (None, 2 * PAGE_SIZE, 2 * PAGE_SIZE),
            (None, 3 * PAGE_SIZE, PAGE_SIZE),
            (None, PAGE_SIZE / 2, PAGE_SIZE),
            (None, 0, PAGE_SIZE),
        ] {
            let object = Arc::pin_init(
                VmObject::new(
                    c"[mmguard_named]",
                    Pages::new(1),
                    Named { name, page_size },
                    new_mutex!((), "named"),
                ),
                GFP_KERNEL,
            )?;
            Device::new(object)?.map(&mm, BASE, 1, 0)?;
            let mut ctx = LockContext::new(&mm);
            let vma = ctx.stabilise(BASE)?;
            expect!(vma.special_name() == name);
            // SAFETY: The VMA is stable, and has the operation.
            let size = unsafe { (*(*vma.as_ptr()).vm_ops).pagesize }.ok_or(ENODEV)?;
            // SAFETY: As above.
            expect!(unsafe { size(vma.as_ptr()) } == shown);
        }
        Ok(())
    }

    #[test]
    fn split_is_refused() -> Result {
        let mm = TestMm::empty()?;
        let (device, _) =
            buffer_with(3, Refuses::Split, |object, vma| Setup::new(vma).map(object))?;
        device.map(&mm, BASE, 3, 0)?;
        expect!(mm.unmap(BASE, 1) == Err(EINVAL));
        mm.unmap(BASE, 3)
    }

    #[test]
    fn access_by_a_debugger() -> Result {
        let mm = TestMm::empty()?;
        let (device, _) = buffer(2)?;
        // As `__access_remote_vm()` does it, for which a process is needed.
        let access = |addr, bytes: &mut [u8], write| {
            let mut ctx = LockContext::new(&mm);
            let guard = ctx.mmap_read_lock();
            let vma = guard.vma_lookup(addr).ok_or(EFAULT)?;
            // SAFETY: The VMA is stable, and has the operation.
            let access = unsafe { (*(*vma.as_ptr()).vm_ops).access }.ok_or(ENODEV)?;
            // CAST: The tests have a few bytes.
            let len = bytes.len() as c_int;
            // SAFETY: The mmap lock is held, the address is in the VMA, and the bytes are valid.
            let result =
                unsafe { access(vma.as_ptr(), addr, bytes.as_mut_ptr().cast(), len, write) };
            kernel::error::to_result(result)?;
            Ok::<_, Error>(result)
        };
        device.map(&mm, BASE, 2, 0)?;
        mm.touch(BASE, 2)?;
        // It ends with the VMA.
        let last = BASE + 2 * PAGE_SIZE - 2;
        expect!(access(last, &mut [8, 9, 10], 1) == Ok(2));
        let mut bytes = [7; 4];
        expect!(access(last, &mut bytes, 0) == Ok(2) && bytes == [8, 9, 7, 7]);
        expect!(access(BASE, &mut bytes, 0) == Ok(4) && bytes == [1, 0, 0, 0]);
        mm.map_file_as(BASE, 2, PROT_READ, Sharing::Shared, &device.file, 0)?;
        expect!(access(BASE, &mut bytes, 1) == Err(EACCES));
        mm.map_file(BASE, 2, Sharing::Private, &device.file, 0)?;
        expect!(access(BASE, &mut bytes, 1) == Err(EACCES) && access(BASE, &mut bytes, 0) == Ok(4));
        Ok(())
    }

    #[test]
    fn vma_with_pages_is_taken() -> Result {
        let mm = TestMm::empty()?;
        let frames = Frames::of_pages(filled(1, 3)?);
        let object = FramesAtMmap::device(PfnsAtMmap::new(frames), ())?.object;
        let device = Device::with(object, |object, vma| {
            let page = Page::alloc_page(GFP_KERNEL)?;
            vma.set_mixedmap().vm_insert_page(vma.start(), &page)?;
            Setup::new(vma).map(object)
        })?;
        expect!(device.map(&mm, BASE, 1, 0) == Err(EBUSY));
        Ok(())
    }

    #[test]
    fn object_stays_for_a_fault_that_has_lost_its_vma() -> Result {
        let mm = TestMm::empty()?;
        let object = Arc::pin_init(
            VmObject::new(
                c"[mmguard_leaving]",
                Pages::new(1),
                Leaving::default(),
                new_mutex!((), "leaving"),
            ),
            GFP_KERNEL,
        )?;
        let device = Device::new(object)?;
        device.map(&mm, BASE, 1, 0)?;
        expect!(mm.touch(BASE, 1) == Err(EFAULT));
        expect!(device.object.kept.get() == 1);
        release_files();
        expect!(device.object.live_file().is_none());
        Ok(())
    }

    #[cfg(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP)]
    #[test]
    fn huge_frames() -> Result {
        with_frames(1, |mm, frames| {
            let (device, counts) = frame_buffer(frames())?;
            device.map(mm, TABLE, ENTRIES, 0)?;
            expect!(mm.read(TABLE + PAGE_SIZE)? == 0);
            expect!(counts.opened.get() == 1 && counts.faults.get() == 0);
            expect!(mm.read(TABLE + TABLE_SIZE - 1)? == 0);
            expect!(counts.opened.get() == 1);
            let mut nothing = NothingHeld::new();
            let mut state = device.object.lock(&mut nothing);
            let (_, locked, mut scope) = state.split_mut();
            locked.revoke(&mut scope, 0..ENTRIES);
            drop(state);
            expect!(mm.read(TABLE + PAGE_SIZE)? == 0 && counts.opened.get() == 2);
            // A write is told, of the frame that it is to.
            mm.touch(TABLE + PAGE_SIZE, 1)?;
            expect!(counts.faults.get() == 1 && counts.writes.get() == 1);
            expect!(mm.read(TABLE + PAGE_SIZE)? == 1);
            // Under the lock of another object nothing is mapped.
            let (other, counts) = frame_buffer_with(frames(), Some(device.object.clone()))?;
            other.map(mm, TABLE, ENTRIES, 0)?;
            expect!(mm.read(TABLE) == Err(EFAULT));
            expect!(counts.opened.get() == 0 && counts.faults.get() == 1);
            Ok(())
        })
    }

    #[cfg(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP)]
    #[test]
    fn huge_frames_need_room() -> Result {
        // An address, pages, and an offset in the object.
        for (addr, pages, pgoff) in [
            // The VMA ends before, or begins after.
            (TABLE, ENTRIES - 1, 0),
            (TABLE + PAGE_SIZE, ENTRIES - 1, 1),
            (TABLE + PAGE_SIZE, ENTRIES, 0),
            // The frames are not aligned as the addresses are.
            (TABLE, ENTRIES, 1),
        ] {
            with_frames(2, |mm, frames| {
                let (device, counts) = frame_buffer(frames())?;
                device.map(mm, addr, pages, pgoff)?;
                expect!(mm.read(addr)? == 0);
                expect!(counts.opened.get() == 0 && counts.faults.get() == 1);
                Ok(())
            })?;
        }
        Ok(())
    }

    #[cfg(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP)]
    #[test]
    fn huge_frames_are_of_one_size() -> Result {
        const PAGES: usize = ENTRIES * ENTRIES;
        const START: usize = BASE.next_multiple_of(PAGES * PAGE_SIZE);

        // Where C has yet larger pages, it asks for them first.
        with_frames(1, |mm, frames| {
            let pfn = frames().pfn(0).ok_or(EINVAL)?;
            let before = pfn % PAGES;
            // SAFETY: What is accessed are the pages of `frames`.
            let frames = unsafe { Frames::of_device(pfn - before, PAGES, Caching::Cached) };
            let (device, counts) = frame_buffer(frames)?;
            device.map(mm, START, PAGES, 0)?;
            expect!(mm.read(START + before * PAGE_SIZE)? == 0);
            expect!(counts.opened.get() == 1 && counts.faults.get() == 0);
            Ok(())
        })
    }

    #[cfg(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP)]
    #[test]
    fn races_of_huge_and_small_frames() -> Result {
        with_frames(1, |mm, frames| {
            let device = Racing::device(frames(), false)?;
            device.map(mm, TABLE, ENTRIES, 0)?;
            mm.touch(TABLE, 1)?;
            expect!(device.object.fallbacks.get() == 1);

            let device = Racing::device(frames(), true)?;
            device.map(mm, TABLE, ENTRIES, 0)?;
            mm.touch(TABLE, 1)?;
            expect!(device.object.faults.get() == 1 && device.object.huge_faults.get() == 2);
            // A write is told nobody, so a huge page is mapped for it.
            let mut nothing = NothingHeld::new();
            let mut state = device.object.lock(&mut nothing);
            let ((), locked, mut scope) = state.split_mut();
            locked.revoke(&mut scope, 0..ENTRIES);
            drop(state);
            mm.touch(TABLE, 1)?;
            expect!(device.object.faults.get() == 1 && device.object.huge_faults.get() == 3);
            expect!(device.object.fallbacks.get() == 0);
            Ok(())
        })
    }

    #[test]
    fn page_is_read_and_written_in_its_bounds() -> Result {
        let page = UserPage::new(GFP_KERNEL)?;
        // The virtual machine has one node.
        expect!(page.nid() == 0);
        let mut bytes = [9; 4];
        page.read(PAGE_SIZE - 4, &mut bytes)?;
        expect!(bytes == [0; 4]);
        for offset in [PAGE_SIZE - 3, PAGE_SIZE + 1, usize::MAX, usize::MAX - 3] {
            expect!(page.read(offset, &mut bytes) == Err(EINVAL));
            expect!(page.write(offset, &bytes) == Err(EINVAL));
        }
        page.write(PAGE_SIZE, &[])?;
        page.write(8, &[1, 0, 0, 0])?;
        expect!(u32::from_le(page.with_word(8, |word| word.load(Relaxed))?) == 1);
        expect!(page.with_word(9, |_| ()).is_err());
        expect!(page.with_word(PAGE_SIZE, |_| ()).is_err());
        Ok(())
    }
}
