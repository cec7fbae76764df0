// SPDX-License-Identifier: GPL-2.0-only

//! What the tests stand on: an mm with VMAs, and a second task.

use crate::{
    bindings,
    mm::guard::{
        order::{
            rights::FreezesRange,
            LockContext,
            LockScope, //
        },
        table::{
            pte::Pte,
            pte_lock::LockedPteTable,
            PmdEntry, //
        },
        vma::stable::VmaReadOrRead, //
    }, //
};
use core::{
    mem::size_of,
    ops::Deref,
    ptr::{
        null_mut,
        NonNull, //
    }, //
};
use kernel::{
    error::{
        from_err_ptr,
        to_result, //
    },
    fs::{
        File,
        LocalFile, //
    },
    mm::{
        virt::{
            flags,
            vm_flags_t, //
        },
        MmWithUser, //
    },
    page::PAGE_SIZE,
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Acquire,
            Atomic,
            Release, //
        },
        Arc,
        Mutex, //
    },
    time::{
        delay::fsleep,
        Delta,
        Instant,
        Monotonic, //
    },
    uaccess::{
        UserPtr,
        UserSlice, //
    },
};

/// Whether the kernel has VMA locks.
pub(in crate::mm::guard) const PER_VMA_LOCK: bool = cfg!(CONFIG_PER_VMA_LOCK);

/// Whether there is more than one processor.
pub(in crate::mm::guard) const SMP: bool = cfg!(CONFIG_SMP);

/// Whether each page table has a lock of its own.
pub(in crate::mm::guard) const SPLIT_LOCKS: bool = cfg!(CONFIG_SPLIT_PTE_PTLOCKS);

/// Where the tests map memory: away from address zero and from the end.
pub(in crate::mm::guard) const BASE: usize = 0x1000_0000;

/// How many entries a page table has. The tests are for 64-bit entries, and tables of one page.
pub(in crate::mm::guard) const ENTRIES: usize = PAGE_SIZE / size_of::<u64>();

/// How many bytes the entries of a PTE table map together.
pub(in crate::mm::guard) const TABLE_SIZE: usize = ENTRIES * PAGE_SIZE;

/// Where a PTE table begins, not below [`BASE`].
pub(in crate::mm::guard) const TABLE: usize = BASE.next_multiple_of(TABLE_SIZE);

/// An address that is never mapped by the tests.
pub(in crate::mm::guard) const UNMAPPED: usize = BASE - PAGE_SIZE;

// From `include/uapi/asm-generic/mman-common.h`; the kernel crate has no bindings for them.
pub(in crate::mm::guard) const PROT_NONE: usize = 0;
pub(in crate::mm::guard) const PROT_READ: usize = 1;
pub(in crate::mm::guard) const PROT_WRITE: usize = 2;
const MAP_SHARED: usize = 0x01;
const MAP_PRIVATE: usize = 0x02;
const MAP_GROWSDOWN: usize = 0x100;
const MAP_FIXED: usize = 0x10;
const MAP_ANONYMOUS: usize = 0x20;
const MAP_NORESERVE: usize = 0x4000;

// As above.
pub(in crate::mm::guard) const MADV_DONTNEED: c_int = 4;
pub(in crate::mm::guard) const MADV_COLLAPSE: c_int = 25;
pub(in crate::mm::guard) const MADV_GUARD_INSTALL: c_int = 102;

/// `VM_MAYBE_GUARD`, which the kernel crate has no name for.
pub(in crate::mm::guard) const MAYBE_GUARD: vm_flags_t = 1 << bindings::VMA_MAYBE_GUARD_BIT;

/// The mm of the current test, which has a kernel thread of its own.
pub(in crate::mm::guard) struct TestMm(ARef<MmWithUser>);

impl TestMm {
    /// Attaches an empty mm to the current kernel thread.
    pub(in crate::mm::guard) fn empty() -> Result<Self> {
        // SAFETY: The current task is a kernel thread of KUnit or of this file.
        to_result(unsafe { bindings::kunit_attach_mm() })?;
        let current = current!();
        Ok(Self(ARef::from(current.mm().ok_or(EINVAL)?)))
    }

    /// Attaches an mm with one writable anonymous VMA of three pages, at [`BASE`].
    pub(in crate::mm::guard) fn new() -> Result<Self> {
        let mm = Self::empty()?;
        mm.map(BASE, 3, PROT_READ | PROT_WRITE)?;
        Ok(mm)
    }

    /// Maps private anonymous memory.
    pub(in crate::mm::guard) fn map(&self, addr: usize, pages: usize, prot: usize) -> Result {
        map(None, addr, pages, prot, MAP_PRIVATE | MAP_ANONYMOUS)
    }

    /// Maps private anonymous memory that grows down, as a stack does.
    pub(in crate::mm::guard) fn map_stack(&self, addr: usize, pages: usize) -> Result {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN;
        map(None, addr, pages, PROT_READ | PROT_WRITE, flags)
    }

    /// Maps pages of a file, from its page `pgoff` on, for reading and writing.
    pub(in crate::mm::guard) fn map_file(
        &self,
        addr: usize,
        pages: usize,
        sharing: Sharing,
        file: &LocalFile,
        pgoff: usize,
    ) -> Result {
        self.map_file_as(addr, pages, PROT_READ | PROT_WRITE, sharing, file, pgoff)
    }

    /// As [`map_file`](Self::map_file), with a protection.
    pub(in crate::mm::guard) fn map_file_as(
        &self,
        addr: usize,
        pages: usize,
        prot: usize,
        sharing: Sharing,
        file: &LocalFile,
        pgoff: usize,
    ) -> Result {
        let flags = match sharing {
            Sharing::Shared => MAP_SHARED,
            Sharing::Private => MAP_PRIVATE,
        };
        map(Some((file, pgoff)), addr, pages, prot, flags)
    }

    /// Unmaps memory.
    pub(in crate::mm::guard) fn unmap(&self, addr: usize, pages: usize) -> Result {
        unmap(addr, pages)
    }

    /// Writes to each of some pages, as a process would.
    pub(in crate::mm::guard) fn touch(&self, addr: usize, pages: usize) -> Result {
        for page in 0..pages {
            let byte = UserPtr::from_addr(addr + page * PAGE_SIZE);
            UserSlice::new(byte, 1).writer().write_slice(&[1])?;
        }
        Ok(())
    }

    /// Reads a byte, as a process would.
    pub(in crate::mm::guard) fn read(&self, addr: usize) -> Result<u8> {
        read_here(addr)
    }

    /// Maps a huge page of hugetlb, without having one.
    pub(in crate::mm::guard) fn map_hugetlb(&self, addr: usize) -> Result {
        extern "C" {
            /// Of `include/linux/hugetlb.h`, which the kernel crate has no bindings for.
            fn hugetlb_file_setup(
                name: *const c_char,
                size: usize,
                flags: bindings::vma_flags_t,
                creat_flags: c_int,
                page_size_log: c_int,
            ) -> *mut c_void;
        }

        /// In C, a constant of `include/linux/hugetlb.h`.
        const HUGETLB_ANONHUGE_INODE: c_int = 2;

        let mut no_reserve = bindings::vma_flags_t::default();
        no_reserve.__vma_flags[0] = bindings::VM_NORESERVE;
        // SAFETY: The name is a string, and the size is that of the default huge pages.
        let file = from_err_ptr(unsafe {
            hugetlb_file_setup(
                c"mmguard_test".as_char_ptr(),
                TABLE_SIZE,
                no_reserve,
                HUGETLB_ANONHUGE_INODE,
                0,
            )
        })?;
        // SAFETY: As in `test_file`.
        let file: ARef<File> = unsafe { ARef::from_raw(NonNull::new(file).ok_or(ENOMEM)?.cast()) };
        let flags = MAP_SHARED | MAP_NORESERVE;
        map(
            Some((&file, 0)),
            addr,
            ENTRIES,
            PROT_READ | PROT_WRITE,
            flags,
        )
    }

    /// Maps private anonymous memory for huge pages, with tables' worth of pages from `addr` on.
    pub(in crate::mm::guard) fn map_huge(&self, addr: usize, tables: usize) -> Result {
        self.map(addr, tables * ENTRIES, PROT_READ | PROT_WRITE)?;
        let mut ctx = LockContext::new(self);
        let mut guard = ctx.mmap_write_lock();
        let vma = guard.vma_start_write(addr)?;
        // SAFETY: The VMA is locked for writing, and the flag is one that `madvise()` sets.
        unsafe { bindings::vm_flags_set(vma.as_ptr(), flags::HUGEPAGE) };
        Ok(())
    }

    /// A reference for another task.
    pub(in crate::mm::guard) fn share(&self) -> ARef<MmWithUser> {
        self.0.clone()
    }
}

impl Deref for TestMm {
    type Target = MmWithUser;

    fn deref(&self) -> &MmWithUser {
        &self.0
    }
}

/// Unmaps the pages of a range of the VMA that `start` is in, which is one of a test.
pub(in crate::mm::guard) fn zap(mm: &MmWithUser, start: usize, len: usize) -> Result {
    let mut ctx = LockContext::new(mm);
    let vma = ctx.stabilise(start)?;
    // SAFETY: The VMA is stable, and the tests zap whole pages that are within it.
    unsafe { bindings::zap_vma_range(vma.as_ptr(), start, len) };
    Ok(())
}

/// Whether a mapping of a file is seen by others who map it.
#[derive(Clone, Copy)]
pub(in crate::mm::guard) enum Sharing {
    Shared,
    Private,
}

/// Maps memory in the mm of the current task.
fn map(
    file: Option<(&LocalFile, usize)>,
    addr: usize,
    pages: usize,
    prot: usize,
    flags: usize,
) -> Result {
    let (file, pgoff) = file.map_or((null_mut(), 0), |(file, pgoff)| (file.as_ptr(), pgoff));
    // SAFETY: The mm is one of a test, and holds nothing that anyone relies on. The file is valid,
    // if there is one.
    let mapped = unsafe {
        bindings::vm_mmap(
            file,
            addr,
            pages * PAGE_SIZE,
            prot,
            flags | MAP_FIXED,
            pgoff * PAGE_SIZE,
        )
    };
    if mapped == addr {
        Ok(())
    } else {
        // CAST: C returns an error as the number that it is.
        Err(Error::from_errno(mapped as c_int))
    }
}

/// Maps private anonymous memory, writable, in the mm of the current task, which is one of a test.
#[cfg(CONFIG_PER_VMA_LOCK)]
pub(in crate::mm::guard) fn map_here(addr: usize, pages: usize) -> Result {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS;
    map(None, addr, pages, PROT_READ | PROT_WRITE, flags)
}

/// Unmaps memory in the mm of the current task, which is one of a test.
pub(in crate::mm::guard) fn unmap(addr: usize, pages: usize) -> Result {
    // SAFETY: As in `map`.
    to_result(unsafe { bindings::vm_munmap(addr, pages * PAGE_SIZE) })
}

/// Gives advice about pages of an mm, which is that of the current task, and one of a test.
pub(in crate::mm::guard) fn madvise(
    mm: &MmWithUser,
    addr: usize,
    pages: usize,
    advice: c_int,
) -> Result {
    // SAFETY: As in `map`.
    to_result(unsafe { bindings::do_madvise(mm.as_raw(), addr, pages * PAGE_SIZE, advice) })
}

/// Reads a byte in the mm of the current task, as a process would.
pub(in crate::mm::guard) fn read_here(addr: usize) -> Result<u8> {
    let mut byte = [0];
    UserSlice::new(UserPtr::from_addr(addr), 1)
        .reader()
        .read_slice(&mut byte)?;
    Ok(byte[0])
}

/// Runs a closure in a [`Thread`] as if the mm was that of the thread.
pub(in crate::mm::guard) fn in_mm<R>(mm: &MmWithUser, f: impl FnOnce() -> R) -> R {
    // SAFETY: The threads of the tests are kernel threads, and this one has no mm. The mm is valid.
    unsafe { bindings::kthread_use_mm(mm.as_raw()) };
    let result = f();
    // SAFETY: As above.
    unsafe { bindings::kthread_unuse_mm(mm.as_raw()) };
    result
}

/// Makes a file of some pages, which is in no folder.
pub(in crate::mm::guard) fn test_file(pages: usize) -> Result<ARef<File>> {
    extern "C" {
        /// Of `include/linux/shmem_fs.h`, which the kernel crate has no bindings for.
        fn shmem_file_setup(
            name: *const c_char,
            size: bindings::loff_t,
            flags: bindings::vma_flags_t,
        ) -> *mut c_void;
    }

    // CAST: The tests need a few pages.
    let size = (pages * PAGE_SIZE) as bindings::loff_t;
    // SAFETY: The name is a string, and no flags are the default.
    let file = from_err_ptr(unsafe {
        shmem_file_setup(
            c"mmguard_test".as_char_ptr(),
            size,
            bindings::vma_flags_t::default(),
        )
    })?;
    // SAFETY: The file is new, and its one reference goes to the result. Nobody calls `fdget_pos()`
    // on a file without a file descriptor.
    Ok(unsafe { ARef::from_raw(NonNull::new(file).ok_or(ENOMEM)?.cast()) })
}

/// The lock of the VMAs that map a file.
pub(in crate::mm::guard) fn i_mmap_rwsem(file: &LocalFile) -> *mut bindings::rw_semaphore {
    // SAFETY: The file is one of a test, in shmem, where the mapping of a file does not change.
    unsafe { &raw mut (*(*file.as_ptr()).f_mapping).i_mmap_rwsem }
}

/// Whether a task is waiting for a read/write semaphore, which must be valid.
pub(in crate::mm::guard) fn is_awaited(sem: *mut bindings::rw_semaphore) -> bool {
    // SAFETY: The tests call this for the semaphores of what they hold.
    !unsafe { (&raw const (*sem).first_waiter).read_volatile() }.is_null()
}

/// How many readers a VMA has, which must be valid.
#[cfg(CONFIG_PER_VMA_LOCK)]
pub(in crate::mm::guard) fn readers(vma: *mut bindings::vm_area_struct) -> u32 {
    // SAFETY: The tests call this while they hold the VMA, so it is valid.
    let refcnt = unsafe { &raw mut (*vma).vm_refcnt.refs.counter };
    // SAFETY: The field is valid and accessed atomically.
    let refcnt = unsafe { Atomic::from_ptr(refcnt) }.load(Acquire);
    // One is for the tree.
    (refcnt as u32 & !bindings::VM_REFCNT_EXCLUDE_READERS_FLAG).wrapping_sub(1)
}

/// Whether a writer is waiting for the readers of a VMA to go.
#[cfg(CONFIG_PER_VMA_LOCK)]
pub(in crate::mm::guard) fn writer_waits(vma: *mut bindings::vm_area_struct) -> bool {
    // SAFETY: The tests call this while they hold the VMA, so it is valid.
    let refcnt = unsafe { &raw mut (*vma).vm_refcnt.refs.counter };
    // SAFETY: The field is valid and accessed atomically.
    let refcnt = unsafe { Atomic::from_ptr(refcnt) }.load(Acquire);
    refcnt as u32 & bindings::VM_REFCNT_EXCLUDE_READERS_FLAG != 0
}

/// Waits up to five seconds for a condition, and returns whether it came true.
pub(in crate::mm::guard) fn eventually(condition: impl Fn() -> bool) -> bool {
    for _ in 0..5000 {
        if condition() {
            return true;
        }
        fsleep(Delta::from_millis(1));
    }
    condition()
}

/// As [`eventually`], without sleeping, for a caller that holds a spinlock.
pub(in crate::mm::guard) fn spins_until(condition: impl Fn() -> bool) -> bool {
    spins(Delta::from_secs(5), condition)
}

/// Waits some time for a condition without sleeping, and returns whether it came true.
fn spins(time: Delta, condition: impl Fn() -> bool) -> bool {
    let begun = Instant::<Monotonic>::now();
    while begun.elapsed() < time {
        if condition() {
            return true;
        }
        core::hint::spin_loop();
    }
    condition()
}

/// How many locks and RCU read sections the current task was in.
///
/// Lockdep counts them. Without it the tests go by the locks themselves, and by what the tasks see
/// of one another.
#[derive(Clone, Copy)]
pub(in crate::mm::guard) struct LocksHeld(#[cfg(CONFIG_LOCKDEP)] i32);

impl LocksHeld {
    /// Counts those that the task is in now.
    pub(in crate::mm::guard) fn count() -> Self {
        Self(
            #[cfg(CONFIG_LOCKDEP)]
            // SAFETY: The current task is valid, and nobody else writes this.
            unsafe {
                (*bindings::get_current()).lockdep_depth
            },
        )
    }

    /// How many more the task is in now, if the kernel can tell.
    pub(in crate::mm::guard) fn told_more(self) -> Option<i32> {
        #[cfg(CONFIG_LOCKDEP)]
        return Some(Self::count().0 - self.0);
        #[cfg(not(CONFIG_LOCKDEP))]
        None
    }

    /// Whether the task is in so many more now, if the kernel can tell.
    pub(in crate::mm::guard) fn and(self, more: i32) -> bool {
        self.told_more().is_none_or(|told| told == more)
    }
}

/// How many bytes the page tables of an mm have, by the kernel's count.
pub(in crate::mm::guard) fn table_bytes(mm: &MmWithUser) -> usize {
    // SAFETY: The mm is valid, and the field is accessed atomically.
    let bytes = unsafe {
        let bytes = &raw mut (*mm.as_raw()).__bindgen_anon_1.pgtables_bytes.counter;
        Atomic::from_ptr(bytes)
    };
    bytes.load(Acquire) as usize
}

/// How many page faults the current task has had.
pub(in crate::mm::guard) fn faults() -> usize {
    // SAFETY: The current task is valid, and nobody else writes this.
    unsafe { (*bindings::get_current()).min_flt }
}

/// Runs a closure with the lock of the PTE table for an address.
pub(in crate::mm::guard) fn with_table<R>(
    mm: &MmWithUser,
    addr: usize,
    f: impl FnOnce(&LockedPteTable<'_, VmaReadOrRead>) -> Result<R>,
) -> Result<R> {
    let mut ctx = LockContext::new(mm);
    let mut guard = ctx.stabilise(addr)?;
    let (vma, mut scope) = guard.split();
    let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?;
    let table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
    f(&table)
}

/// Reads the PTE entry for an address.
pub(in crate::mm::guard) fn pte_at(mm: &MmWithUser, addr: usize) -> Result<Pte> {
    with_table(mm, addr, |table| table.get(addr))
}

/// A spinlock of page tables, for a task that does not hold what keeps it valid.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::mm::guard) struct SpinLock(*mut bindings::spinlock_t);

// SAFETY: The tests see to it that the lock is valid for as long as it is used.
unsafe impl Send for SpinLock {}

impl SpinLock {
    /// The lock of the PTE table below an entry.
    pub(in crate::mm::guard) fn of_pte_table<L: FreezesRange>(
        mm: &MmWithUser,
        pmd: &PmdEntry<'_, L>,
    ) -> Result<Self> {
        let (mut pmdval, mut ptl) = (Default::default(), null_mut());
        // SAFETY: The entry is valid. What is mapped is unmapped.
        unsafe {
            let pte = bindings::pte_offset_map_rw_nolock(
                mm.as_raw(),
                pmd.raw(),
                pmd.addr(),
                &mut pmdval,
                &mut ptl,
            );
            if pte.is_null() {
                return Err(ENOENT);
            }
            bindings::pte_unmap(pte);
        }
        Ok(Self(ptl))
    }

    /// The lock of the PMD table that an entry is in.
    pub(in crate::mm::guard) fn of_pmd_table<L: FreezesRange>(
        mm: &MmWithUser,
        pmd: &PmdEntry<'_, L>,
    ) -> Self {
        // SAFETY: The entry is valid.
        Self(unsafe { bindings::pmd_lockptr(mm.as_raw(), pmd.raw()) })
    }

    /// A lock that C has returned.
    pub(in crate::mm::guard) fn from_raw(lock: *mut bindings::spinlock_t) -> Self {
        Self(lock)
    }

    /// The `page_table_lock` of an mm.
    pub(in crate::mm::guard) fn of_mm(mm: &MmWithUser) -> Self {
        // SAFETY: The mm is valid.
        Self(unsafe { &raw mut (*mm.as_raw()).__bindgen_anon_1.page_table_lock })
    }

    /// Whether the current task holds the lock, as the lock itself tells: by its owner, or else by
    /// whether it is taken. On one processor there may be nothing to a lock.
    pub(in crate::mm::guard) fn told_mine(self) -> Option<bool> {
        #[cfg(CONFIG_DEBUG_SPINLOCK)]
        // SAFETY: The lock is valid, and begins with what is read. Nobody but the current task
        // makes it its owner.
        return Some(unsafe {
            let owner =
                (&raw const (*self.0.cast::<bindings::raw_spinlock>()).owner).read_volatile();
            owner == bindings::get_current().cast()
        });
        #[cfg(not(CONFIG_DEBUG_SPINLOCK))]
        SMP.then(|| !self.try_lock())
    }

    /// Whether the current task holds the lock or not, as `mine` says, if the lock can tell.
    pub(in crate::mm::guard) fn is_mine_if(self, mine: bool) -> bool {
        let agrees = || self.told_mine().is_none_or(|told| told == mine);
        // A lock that has no owner may be another task's for a moment.
        agrees() || (!mine && !cfg!(CONFIG_DEBUG_SPINLOCK) && spins_until(agrees))
    }

    /// Whether the current task holds the lock, if the lock can tell.
    pub(in crate::mm::guard) fn is_mine(self) -> bool {
        self.is_mine_if(true)
    }

    /// Whether the current task does not hold the lock, if the lock can tell.
    pub(in crate::mm::guard) fn is_not_mine(self) -> bool {
        self.is_mine_if(false)
    }

    /// Runs a closure while the current task holds the lock.
    pub(in crate::mm::guard) fn with<R>(self, f: impl FnOnce() -> R) -> R {
        // SAFETY: The lock is valid, and the closures of the tests neither sleep nor take it.
        unsafe { bindings::spin_lock(self.0) };
        let result = f();
        // SAFETY: It was taken above.
        unsafe { bindings::spin_unlock(self.0) };
        result
    }

    /// Whether the lock can be had at once.
    fn try_lock(self) -> bool {
        // SAFETY: The lock is valid. What was taken is released.
        unsafe {
            let taken = bindings::spin_trylock(self.0) != 0;
            if taken {
                bindings::spin_unlock(self.0);
            }
            taken
        }
    }
}

/// A second task that wants a spinlock as soon as the current one lets it.
///
/// On one processor it does not run while the current task holds a spinlock, whichever that is.
pub(in crate::mm::guard) struct Contender {
    go: Event,
    begun: Event,
    refused: Event,
    done: Event,
    lock: SpinLock,
    _thread: Thread,
}

impl Contender {
    /// Makes a task that tries `lock`, and then runs a closure that takes it.
    pub(in crate::mm::guard) fn new(
        lock: SpinLock,
        take: impl FnOnce() + Send + 'static,
    ) -> Result<Self> {
        let (go, begun) = (Event::new()?, Event::new()?);
        let (refused, done) = (Event::new()?, Event::new()?);
        let thread = Thread::spawn({
            let (go, begun) = (go.clone(), begun.clone());
            let (refused, done) = (refused.clone(), done.clone());
            move || {
                go.wait();
                // A closure takes all of it. On one processor nobody can hold it now.
                if SMP && !{ lock }.try_lock() {
                    refused.happen();
                }
                begun.happen();
                take();
                done.happen();
            }
        })?;
        Ok(Self {
            go,
            begun,
            refused,
            done,
            lock,
            _thread: thread,
        })
    }

    /// Lets the task run, for a caller that holds the lock, and returns whether it has to wait.
    pub(in crate::mm::guard) fn is_kept_out(&self) -> bool {
        self.go.happen();
        if SMP {
            spins_until(|| self.begun.happened())
                && self.refused.happened()
                && !spins(Delta::from_millis(20), || self.done.happened())
        } else {
            self.lock.is_mine() && !self.done.happened()
        }
    }

    /// Lets the task run, for a caller that holds another spinlock, and returns whether it need not
    /// wait.
    pub(in crate::mm::guard) fn gets_past(&self) -> bool {
        self.go.happen();
        if SMP {
            spins_until(|| self.done.happened()) && !self.refused.happened()
        } else {
            self.lock.is_not_mine()
        }
    }

    /// Lets the task run, for a caller that holds no spinlock, and returns whether it came to its
    /// end.
    pub(in crate::mm::guard) fn gets_in(&self) -> bool {
        self.go.happen();
        self.done.wait()
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        self.go.happen();
    }
}

/// Locks the PTE table for an address, for another task to run.
pub(in crate::mm::guard) fn take_table(mm: &TestMm, addr: usize) -> impl FnOnce() + Send + 'static {
    let mm = mm.share();
    move || {
        let _ = with_table(&mm, addr, |_| Ok(()));
    }
}

/// Runs a closure in another task, and returns what it returned.
pub(in crate::mm::guard) fn elsewhere(f: impl FnOnce() -> bool + Send + 'static) -> Result<bool> {
    let yes = Event::new()?;
    let thread = Thread::spawn({
        let yes = yes.clone();
        move || {
            if f() {
                yes.happen();
            }
        }
    })?;
    expect!(thread.join());
    Ok(yes.happened())
}

/// Runs a closure in another task, with an mm, and returns what it returned.
pub(in crate::mm::guard) fn elsewhere_with(
    mm: &TestMm,
    f: impl FnOnce(&MmWithUser) -> bool + Send + 'static,
) -> Result<bool> {
    let mm = mm.share();
    elsewhere(move || f(&mm))
}

/// Something that happens once, in one task, and is seen by another.
#[derive(Clone)]
pub(in crate::mm::guard) struct Event(Arc<Atomic<bool>>);

impl Event {
    pub(in crate::mm::guard) fn new() -> Result<Self> {
        Ok(Self(Arc::new(Atomic::new(false), GFP_KERNEL)?))
    }

    pub(in crate::mm::guard) fn happen(&self) {
        self.0.store(true, Release);
    }

    pub(in crate::mm::guard) fn happened(&self) -> bool {
        self.0.load(Acquire)
    }

    /// Waits for the event, up to five seconds.
    pub(in crate::mm::guard) fn wait(&self) -> bool {
        eventually(|| self.happened())
    }
}

/// A second task.
///
/// Dropping it waits for its end, unless the task hangs, which fails the test that runs then.
pub(in crate::mm::guard) struct Thread {
    task: *mut bindings::task_struct,
    done: Event,
}

struct Start<F> {
    run: F,
    done: Event,
}

impl Thread {
    /// Runs a closure in a new kernel thread.
    pub(in crate::mm::guard) fn spawn<F: FnOnce() + Send + 'static>(run: F) -> Result<Self> {
        let done = Event::new()?;
        let start = KBox::into_raw(KBox::new(
            Start {
                run,
                done: done.clone(),
            },
            GFP_KERNEL,
        )?);
        // SAFETY: `main` is called with the box that it expects, if the thread is created, and
        // takes it over.
        let task = from_err_ptr(unsafe {
            bindings::kthread_create_on_node(
                Some(main::<F>),
                start.cast(),
                bindings::NUMA_NO_NODE,
                c"mmguard_test".as_char_ptr(),
            )
        });
        if task.is_err() {
            // SAFETY: There is no thread, so the box is still ours.
            drop(unsafe { KBox::from_raw(start) });
        }
        let task = task?;
        // SAFETY: The thread was just created and does not run yet, so it is valid.
        unsafe {
            bindings::get_task_struct(task);
            bindings::wake_up_process(task);
        }
        Ok(Self { task, done })
    }

    /// Kills the thread, which must have called [`allow_kill`].
    pub(in crate::mm::guard) fn kill(&self) {
        // SAFETY: `self` has a reference on the task.
        unsafe { bindings::send_sig(bindings::SIGKILL as c_int, self.task, 1) };
    }

    /// Waits for the end of the thread, and returns whether it came.
    pub(in crate::mm::guard) fn join(self) -> bool {
        self.done.wait()
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        if !self.done.wait() {
            kernel::kunit::err(fmt!("    # a test thread hangs\n"));
            return;
        }
        // SAFETY: `self` has a reference on the task. The closure has run, so stopping the thread
        // takes nothing from it, and waits until it no longer runs code of this module.
        unsafe {
            bindings::kthread_stop(self.task);
            bindings::put_task_struct(self.task);
        }
    }
}

/// An mm that belongs to another task, which waits meanwhile.
pub(in crate::mm::guard) struct OtherMm {
    mm: ARef<MmWithUser>,
    end: Event,
    _thread: Thread,
}

impl OtherMm {
    /// Makes an mm, empty but for what `map` maps.
    pub(in crate::mm::guard) fn new(
        map: impl FnOnce(&TestMm) -> Result + Send + 'static,
    ) -> Result<Self> {
        let mm = Arc::pin_init(kernel::new_mutex!(None), GFP_KERNEL)?;
        let (ready, end) = (Event::new()?, Event::new()?);
        let thread = Thread::spawn({
            let (ready, end) = (ready.clone(), end.clone());
            let result: Arc<Mutex<Option<ARef<MmWithUser>>>> = mm.clone();
            move || {
                if let Ok(mm) = TestMm::empty() {
                    if map(&mm).is_ok() {
                        *result.lock() = Some(mm.share());
                        ready.happen();
                        while !end.wait() {}
                    }
                }
            }
        })?;
        expect!(ready.wait());
        let mm = mm.lock().take();
        Ok(Self {
            mm: mm.ok_or(EINVAL)?,
            end,
            _thread: thread,
        })
    }
}

impl Deref for OtherMm {
    type Target = ARef<MmWithUser>;

    fn deref(&self) -> &ARef<MmWithUser> {
        &self.mm
    }
}

impl Drop for OtherMm {
    fn drop(&mut self) {
        self.end.happen();
    }
}

/// Holds the mmap write lock until `end`, for another task to run.
pub(in crate::mm::guard) fn hold_mmap_write_lock(
    mm: &TestMm,
    locked: &Event,
    end: &Event,
) -> impl FnOnce() + Send + 'static {
    let (mm, locked, end) = (mm.share(), locked.clone(), end.clone());
    move || {
        let mut ctx = LockContext::new(&mm);
        let guard = ctx.mmap_write_lock();
        locked.happen();
        end.wait();
        drop(guard);
    }
}

/// Holds the VMA read lock of the VMA at `addr` until `end`, for another task to run.
#[cfg(CONFIG_PER_VMA_LOCK)]
pub(in crate::mm::guard) fn hold_vma_read_lock(
    mm: &TestMm,
    addr: usize,
    locked: &Event,
    end: &Event,
) -> impl FnOnce() + Send + 'static {
    let (mm, locked, end) = (mm.share(), locked.clone(), end.clone());
    move || {
        let mut ctx = LockContext::new(&mm);
        if let Ok(guard) = ctx.lock_vma_under_rcu(addr) {
            locked.happen();
            end.wait();
            drop(guard);
        };
    }
}

/// Write-locks the VMA at `addr`, for another task to run.
pub(in crate::mm::guard) fn write_lock(
    mm: &TestMm,
    addr: usize,
    taken: &Event,
) -> impl FnOnce() + Send + 'static {
    let (mm, taken) = (mm.share(), taken.clone());
    move || {
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        if guard.vma_start_write(addr).is_ok() {
            taken.happen();
        }
    }
}

/// Unmaps pages of an mm, for another task to run.
pub(in crate::mm::guard) fn unmap_elsewhere(
    mm: &TestMm,
    addr: usize,
    pages: usize,
    unmapped: &Event,
) -> impl FnOnce() + Send + 'static {
    let (mm, unmapped) = (mm.share(), unmapped.clone());
    move || {
        if in_mm(&mm, || unmap(addr, pages)).is_ok() {
            unmapped.happen();
        }
    }
}

/// Waits until the files are released that nobody has any more.
pub(in crate::mm::guard) fn release_files() {
    extern "C" {
        fn flush_delayed_fput();
    }
    // SAFETY: It only waits.
    unsafe { flush_delayed_fput() };
}

/// Lets the current kernel thread be killed.
pub(in crate::mm::guard) fn allow_kill() {
    /// `SIG_KTHREAD`, in C a cast of a number to a function pointer.
    const SIG_KTHREAD: usize = 2;

    // SAFETY: The value is not null, and `kernel_sigaction` compares it only.
    unsafe {
        bindings::kernel_sigaction(
            bindings::SIGKILL as c_int,
            core::mem::transmute::<usize, bindings::__sighandler_t>(SIG_KTHREAD),
        )
    };
}

/// The main function of a [`Thread`].
///
/// # Safety
///
/// `data` must be a `KBox<Start<F>>` that was turned into a pointer, and that is given up.
unsafe extern "C" fn main<F: FnOnce()>(data: *mut c_void) -> c_int {
    // SAFETY: By the safety requirements.
    let start = KBox::into_inner(unsafe { KBox::from_raw(data.cast::<Start<F>>()) });
    (start.run)();
    start.done.happen();
    0
}
