// SPDX-License-Identifier: GPL-2.0-only

//! `/dev/mmguard-bench`: what the guards cost, beside the same in C.
//!
//! The functions of `twin.c` do the same as those here that use the guards. All are measured in the
//! same way, from their call to their return. The arithmetic wraps, as in C: checks for overflows
//! cost something, which has nothing to do with the guards.

use kernel::{
    bindings::{
        mm_struct,
        vm_area_struct, //
    },
    error::to_result,
    fs::File,
    ioctl::_IOWR,
    miscdevice::{
        MiscDevice,
        MiscDeviceOptions,
        MiscDeviceRegistration, //
    },
    mm::{
        virt::VmaNew,
        MmWithUser, //
    },
    new_mutex,
    page::PAGE_SIZE,
    prelude::*,
    sync::{
        Arc,
        ArcBorrow, //
    },
    transmute::{
        AsBytes,
        FromBytes, //
    },
    uaccess::{
        UserPtr,
        UserSlice, //
    },
};
use mmguard::{
    driver::{
        fault::{
            Fault,
            FaultError,
            FaultResult, //
        },
        kind::{
            Pages,
            ReadWrite, //
        },
        object::VmObject,
        ops::VmOperations,
        page::UserPage,
        setup::Setup, //
    },
    order::{
        level::{
            Below,
            LockLevel,
            VmaLock, //
        },
        rights::SeesPfns,
        LockContext,
        LockScope, //
    }, //
};

#[expect(unreachable_pub, reason = "init uses this file too")]
mod uapi;
use uapi::{
    Counts,
    Repeat,
    Scan, //
};

module! {
    type: BenchModule,
    name: "mmguard_bench",
    authors: ["mmguard developers"],
    description: "What the guards cost",
    license: "GPL",
}

/// The most often that an operation is done in one call, which nothing interrupts.
const MAX_TIMES: u32 = 1 << 16;

const TYPE: u32 = uapi::IOCTL_TYPE as u32;
const SCAN: u32 = _IOWR::<Scan>(TYPE, uapi::SCAN as u32);
const REPEAT: u32 = _IOWR::<Repeat>(TYPE, uapi::REPEAT as u32);

// SAFETY: Any bits are a valid value of the type.
unsafe impl FromBytes for Scan {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for Scan {}
// SAFETY: Any bits are a valid value of the type.
unsafe impl FromBytes for Repeat {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for Repeat {}

/// A function of `twin.h` that does an operation many times.
type Twin = unsafe extern "C" fn(*mut mm_struct, usize, c_uint, *mut usize) -> c_int;

#[allow(
    improper_ctypes,
    reason = "a mm has fields of no size in some configurations"
)]
extern "C" {
    fn bench_cycles() -> u64;
    fn bench_scan(mm: *mut mm_struct, addr: usize, result: *mut Counts) -> c_int;
    fn bench_vma_read(mm: *mut mm_struct, addr: usize, times: c_uint, sum: *mut usize) -> c_int;
    fn bench_mmap_read(mm: *mut mm_struct, addr: usize, times: c_uint, sum: *mut usize) -> c_int;
    fn bench_stabilise(mm: *mut mm_struct, addr: usize, times: c_uint, sum: *mut usize) -> c_int;
    fn bench_pmd_entry(mm: *mut mm_struct, addr: usize, times: c_uint, sum: *mut usize) -> c_int;
    fn bench_lock_pte_table(
        mm: *mut mm_struct,
        addr: usize,
        times: c_uint,
        sum: *mut usize,
    ) -> c_int;
    fn bench_mmap(vma: *mut vm_area_struct) -> c_int;
    fn bench_fault(mm: *mut mm_struct, addr: usize, times: c_uint, sum: *mut usize) -> c_int;
}

#[pin_data]
struct BenchModule {
    #[pin]
    _miscdev: MiscDeviceRegistration<Bench>,
}

impl kernel::InPlaceModule for BenchModule {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _miscdev <- MiscDeviceRegistration::register(MiscDeviceOptions {
                name: c"mmguard-bench",
            }),
        })
    }
}

/// An open `/dev/mmguard-bench`: pages that a fault maps, when the device is mapped.
struct Bench;

/// The lock of the pages.
struct BenchLock;

impl LockLevel for BenchLock {
    type Place = Below<VmaLock>;
}

#[vtable]
impl VmOperations for Bench {
    type Kind = Pages;
    type Access = ReadWrite;
    type Level = BenchLock;
    type State = KVVec<Option<UserPage>>;

    fn fault(fault: Fault<'_, Self>) -> FaultResult<'_> {
        let (place, mut scope) = fault.into_place();
        let object = place.object();
        let mut pages = object.lock(&mut scope);
        let (pages, locked, mut scope) = pages.split_mut();
        let page = pages.get(place.pgoff()).and_then(Option::as_ref);
        place.map(locked, &mut scope, page.ok_or(FaultError::BusError)?)
    }
}

#[vtable]
impl MiscDevice for Bench {
    type Ptr = Arc<VmObject<Self>>;

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result<Self::Ptr> {
        let mut pages = KVVec::with_capacity(uapi::FAULT_PAGES, GFP_KERNEL)?;
        for _ in 0..uapi::FAULT_PAGES {
            pages.push(Some(UserPage::new(GFP_KERNEL)?), GFP_KERNEL)?;
        }
        Arc::pin_init(
            VmObject::new(
                c"[mmguard_bench]",
                Pages::new(uapi::FAULT_PAGES),
                Self,
                new_mutex!(pages, "bench"),
            ),
            GFP_KERNEL,
        )
    }

    fn mmap(me: ArcBorrow<'_, VmObject<Self>>, _file: &File, vma: &VmaNew) -> Result {
        let setup = Setup::new(vma).dont_copy().io();
        if setup.pages()?.start == 0 {
            return setup.map(me);
        }
        // SAFETY: The VMA is under construction, of a device of this module.
        to_result(unsafe { bench_mmap(vma.as_ptr()) })
    }

    fn ioctl(
        _me: ArcBorrow<'_, VmObject<Self>>,
        _file: &File,
        cmd: u32,
        arg: usize,
    ) -> Result<isize> {
        let current = current!();
        let mm = current.mm().ok_or(EINVAL)?;
        let arg = UserPtr::from_addr(arg);
        match cmd {
            SCAN => {
                let (mut reader, mut writer) =
                    UserSlice::new(arg, size_of::<Scan>()).reader_writer();
                let mut request: Scan = reader.read()?;
                run_scan(mm, &mut request)?;
                writer.write(&request)?;
            }
            REPEAT => {
                let (mut reader, mut writer) =
                    UserSlice::new(arg, size_of::<Repeat>()).reader_writer();
                let mut request: Repeat = reader.read()?;
                run_repeat(mm, &mut request)?;
                writer.write(&request)?;
            }
            _ => return Err(ENOTTY),
        }
        Ok(0)
    }
}

/// Runs a function, and returns the cycles that it took.
#[inline]
fn measure(f: impl FnOnce() -> Result) -> Result<u64> {
    // SAFETY: This reads a counter.
    let begin = unsafe { bench_cycles() };
    f()?;
    // SAFETY: As above.
    Ok(unsafe { bench_cycles() } - begin)
}

fn run_scan(mm: &MmWithUser, request: &mut Scan) -> Result {
    let addr = usize::try_from(request.addr)?;
    let counts = &mut request.counts;
    request.cycles = match request.who {
        uapi::GUARDS => measure(|| scan(mm, addr, counts))?,
        // SAFETY: The mm is valid and has users. `counts` can be written, and has the layout of C.
        uapi::TWIN => measure(|| to_result(unsafe { bench_scan(mm.as_raw(), addr, counts) }))?,
        _ => return Err(EINVAL),
    };
    Ok(())
}

fn run_repeat(mm: &MmWithUser, request: &mut Repeat) -> Result {
    let addr = usize::try_from(request.addr)?;
    let (times, mut sum) = (request.times, 0);
    if times > MAX_TIMES {
        return Err(EINVAL);
    }
    let by_guards = |f: fn(&MmWithUser, usize, u32, &mut usize) -> Result, sum: &mut usize| {
        measure(|| f(mm, addr, times, sum))
    };
    let by_twin = |f: Twin, sum: &mut usize| {
        // SAFETY: The mm is valid and has users, and `sum` can be written.
        measure(|| to_result(unsafe { f(mm.as_raw(), addr, times, sum) }))
    };
    request.cycles = match (request.operation, request.who) {
        (uapi::VMA_READ, uapi::GUARDS) => by_guards(vma_read, &mut sum)?,
        (uapi::VMA_READ, uapi::TWIN) => by_twin(bench_vma_read, &mut sum)?,
        (uapi::VMA_READ, uapi::KERNEL_MM) => by_guards(kernel_vma_read, &mut sum)?,
        (uapi::MMAP_READ, uapi::GUARDS) => by_guards(mmap_read, &mut sum)?,
        (uapi::MMAP_READ, uapi::TWIN) => by_twin(bench_mmap_read, &mut sum)?,
        (uapi::MMAP_READ, uapi::KERNEL_MM) => by_guards(kernel_mmap_read, &mut sum)?,
        (uapi::STABILISE, uapi::GUARDS) => by_guards(stabilise, &mut sum)?,
        (uapi::STABILISE, uapi::TWIN) => by_twin(bench_stabilise, &mut sum)?,
        (uapi::PMD_ENTRY, uapi::GUARDS) => by_guards(pmd_entry, &mut sum)?,
        (uapi::PMD_ENTRY, uapi::TWIN) => by_twin(bench_pmd_entry, &mut sum)?,
        (uapi::LOCK_PTE_TABLE, uapi::GUARDS) => by_guards(lock_pte_table, &mut sum)?,
        (uapi::LOCK_PTE_TABLE, uapi::TWIN) => by_twin(bench_lock_pte_table, &mut sum)?,
        // The VMA tells whose it is.
        (uapi::FAULT, uapi::GUARDS | uapi::TWIN) => by_twin(bench_fault, &mut sum)?,
        _ => return Err(EINVAL),
    };
    request.sum = sum as u64;
    Ok(())
}

#[inline(never)]
fn scan(mm: &MmWithUser, addr: usize, counts: &mut Counts) -> Result {
    let (mut present, mut young, mut dirty, mut none) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut ctx = LockContext::new(mm);
    let mut guard = ctx.stabilise(addr)?;
    let (vma, mut scope) = guard.split();
    let tables = vma.tables()?;
    let mut addr = vma.start();
    while addr < vma.end() {
        let table = tables
            .pmd_entry(addr)
            .and_then(|pmd| pmd.lock_pte_table(&mut scope));
        addr = match table {
            Ok(table) => {
                for run in table.runs() {
                    let (pte, entries) = (run.first(), run.entries() as u64);
                    if pte.is_none() {
                        none = none.wrapping_add(entries);
                    } else if pte.is_present() {
                        present = present.wrapping_add(entries);
                        if pte.is_young() {
                            young = young.wrapping_add(entries);
                        }
                        if pte.is_dirty() {
                            dirty = dirty.wrapping_add(entries);
                        }
                    }
                }
                table.end()
            }
            Err(no_table) => no_table.end(),
        };
    }
    *counts = Counts {
        present,
        young,
        dirty,
        none,
    };
    Ok(())
}

#[inline(never)]
fn vma_read(mm: &MmWithUser, addr: usize, times: u32, sum: &mut usize) -> Result {
    let mut ctx = LockContext::new(mm);
    let mut addr = addr;
    for _ in 0..times {
        let vma = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?;
        *sum = sum.wrapping_add(vma.end().wrapping_sub(vma.start()));
        addr = addr.wrapping_add(PAGE_SIZE);
    }
    Ok(())
}

#[inline(never)]
fn kernel_vma_read(mm: &MmWithUser, addr: usize, times: u32, sum: &mut usize) -> Result {
    let mut addr = addr;
    for _ in 0..times {
        let vma = mm.lock_vma_under_rcu(addr).ok_or(EAGAIN)?;
        *sum = sum.wrapping_add(vma.end().wrapping_sub(vma.start()));
        addr = addr.wrapping_add(PAGE_SIZE);
    }
    Ok(())
}

#[inline(never)]
fn mmap_read(mm: &MmWithUser, addr: usize, times: u32, sum: &mut usize) -> Result {
    let mut ctx = LockContext::new(mm);
    let mut addr = addr;
    for _ in 0..times {
        let guard = ctx.mmap_read_lock();
        let vma = guard.vma_lookup(addr).ok_or(EFAULT)?;
        *sum = sum.wrapping_add(vma.end().wrapping_sub(vma.start()));
        addr = addr.wrapping_add(PAGE_SIZE);
    }
    Ok(())
}

#[inline(never)]
fn kernel_mmap_read(mm: &MmWithUser, addr: usize, times: u32, sum: &mut usize) -> Result {
    let mut addr = addr;
    for _ in 0..times {
        let guard = mm.mmap_read_lock();
        let vma = guard.vma_lookup(addr).ok_or(EFAULT)?;
        *sum = sum.wrapping_add(vma.end().wrapping_sub(vma.start()));
        addr = addr.wrapping_add(PAGE_SIZE);
    }
    Ok(())
}

#[inline(never)]
fn stabilise(mm: &MmWithUser, addr: usize, times: u32, sum: &mut usize) -> Result {
    let mut ctx = LockContext::new(mm);
    let mut addr = addr;
    for _ in 0..times {
        let vma = ctx.stabilise(addr)?;
        *sum = sum.wrapping_add(vma.end().wrapping_sub(vma.start()));
        addr = addr.wrapping_add(PAGE_SIZE);
    }
    Ok(())
}

#[inline(never)]
fn pmd_entry(mm: &MmWithUser, addr: usize, times: u32, sum: &mut usize) -> Result {
    let who = SeesPfns::current_task()?;
    let mut ctx = LockContext::new(mm);
    let vma = ctx.stabilise(addr)?;
    let tables = vma.tables()?;
    let mut addr = addr;
    for _ in 0..times {
        let pmd = tables.pmd_entry(addr).or(Err(ENOENT))?;
        *sum = sum.wrapping_add(pmd.as_ptr(&who) as usize);
        addr = addr.wrapping_add(PAGE_SIZE);
    }
    Ok(())
}

#[inline(never)]
fn lock_pte_table(mm: &MmWithUser, addr: usize, times: u32, sum: &mut usize) -> Result {
    let mut ctx = LockContext::new(mm);
    let mut guard = ctx.stabilise(addr)?;
    let (vma, mut scope) = guard.split();
    let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?;
    for _ in 0..times {
        let _table = pmd.lock_pte_table(&mut scope).map_err(|_| ENOENT)?;
        *sum = sum.wrapping_add(1);
    }
    Ok(())
}
