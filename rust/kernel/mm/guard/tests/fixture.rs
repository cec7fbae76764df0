// SPDX-License-Identifier: GPL-2.0-only

//! What the tests stand on: an mm with VMAs, and a second task.

use super::super::LockContext;
use crate::bindings;
use core::{
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
    mm::MmWithUser,
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
        Delta, //
    },
    uaccess::{
        UserPtr,
        UserSlice, //
    },
};

/// Whether the kernel has VMA locks.
pub(super) const PER_VMA_LOCK: bool = cfg!(CONFIG_PER_VMA_LOCK);

/// Where the tests map memory: away from address zero and from the end.
pub(super) const BASE: usize = 0x1000_0000;

/// An address that is never mapped by the tests.
pub(super) const UNMAPPED: usize = BASE - PAGE_SIZE;

// From `include/uapi/asm-generic/mman-common.h`; the kernel crate has no bindings for them.
pub(super) const PROT_NONE: usize = 0;
pub(super) const PROT_READ: usize = 1;
pub(super) const PROT_WRITE: usize = 2;
const MAP_SHARED: usize = 0x01;
const MAP_PRIVATE: usize = 0x02;
#[cfg(not(MODULE))]
const MAP_GROWSDOWN: usize = 0x100;
const MAP_FIXED: usize = 0x10;
const MAP_ANONYMOUS: usize = 0x20;

/// The mm of the current test, which has a kernel thread of its own.
pub(super) struct TestMm(ARef<MmWithUser>);

impl TestMm {
    /// Attaches an empty mm to the current kernel thread.
    pub(super) fn empty() -> Result<Self> {
        // SAFETY: The current task is a kernel thread of KUnit or of this file.
        to_result(unsafe { bindings::kunit_attach_mm() })?;
        let current = current!();
        Ok(Self(ARef::from(current.mm().ok_or(EINVAL)?)))
    }

    /// Attaches an mm with one writable anonymous VMA of three pages, at [`BASE`].
    pub(super) fn new() -> Result<Self> {
        let mm = Self::empty()?;
        mm.map(BASE, 3, PROT_READ | PROT_WRITE)?;
        Ok(mm)
    }

    /// Maps private anonymous memory.
    pub(super) fn map(&self, addr: usize, pages: usize, prot: usize) -> Result {
        map(None, addr, pages, prot, MAP_PRIVATE | MAP_ANONYMOUS)
    }

    /// Maps private anonymous memory that grows down, as a stack does.
    #[cfg(not(MODULE))]
    pub(super) fn map_stack(&self, addr: usize, pages: usize) -> Result {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN;
        map(None, addr, pages, PROT_READ | PROT_WRITE, flags)
    }

    /// Maps pages of a file, from its page `pgoff` on, for reading and writing.
    pub(super) fn map_file(
        &self,
        addr: usize,
        pages: usize,
        sharing: Sharing,
        file: &LocalFile,
        pgoff: usize,
    ) -> Result {
        let flags = match sharing {
            Sharing::Shared => MAP_SHARED,
            Sharing::Private => MAP_PRIVATE,
        };
        map(
            Some((file, pgoff)),
            addr,
            pages,
            PROT_READ | PROT_WRITE,
            flags,
        )
    }

    /// Unmaps memory.
    pub(super) fn unmap(&self, addr: usize, pages: usize) -> Result {
        unmap(addr, pages)
    }

    /// Writes to each of some pages, as a process would.
    pub(super) fn touch(&self, addr: usize, pages: usize) -> Result {
        for page in 0..pages {
            let byte = UserPtr::from_addr(addr + page * PAGE_SIZE);
            UserSlice::new(byte, 1).writer().write_slice(&[1])?;
        }
        Ok(())
    }

    /// A reference for another task.
    pub(super) fn share(&self) -> ARef<MmWithUser> {
        self.0.clone()
    }
}

impl Deref for TestMm {
    type Target = MmWithUser;

    fn deref(&self) -> &MmWithUser {
        &self.0
    }
}

/// Whether a mapping of a file is seen by others who map it.
#[derive(Clone, Copy)]
pub(super) enum Sharing {
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
        Err(ENOMEM)
    }
}

/// Maps private anonymous memory, writable, in the mm of the current task, which is one of a test.
#[cfg(CONFIG_PER_VMA_LOCK)]
pub(super) fn map_here(addr: usize, pages: usize) -> Result {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS;
    map(None, addr, pages, PROT_READ | PROT_WRITE, flags)
}

/// Unmaps memory in the mm of the current task, which is one of a test.
pub(super) fn unmap(addr: usize, pages: usize) -> Result {
    // SAFETY: As in `map`.
    to_result(unsafe { bindings::vm_munmap(addr, pages * PAGE_SIZE) })
}

/// Runs a closure in a [`Thread`] as if the mm was that of the thread.
pub(super) fn in_mm<R>(mm: &MmWithUser, f: impl FnOnce() -> R) -> R {
    // SAFETY: The threads of the tests are kernel threads, and this one has no mm. The mm is valid.
    unsafe { bindings::kthread_use_mm(mm.as_raw()) };
    let result = f();
    // SAFETY: As above.
    unsafe { bindings::kthread_unuse_mm(mm.as_raw()) };
    result
}

/// Makes a file of some pages, which is in no folder.
pub(super) fn test_file(pages: usize) -> Result<ARef<File>> {
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
pub(super) fn i_mmap_rwsem(file: &LocalFile) -> *mut bindings::rw_semaphore {
    // SAFETY: The file is valid, so it has a mapping, which does not change.
    unsafe { &raw mut (*(*file.as_ptr()).f_mapping).i_mmap_rwsem }
}

/// Whether a task is waiting for a read/write semaphore, which must be valid.
pub(super) fn is_awaited(sem: *mut bindings::rw_semaphore) -> bool {
    // SAFETY: The tests call this for the semaphores of what they hold.
    !unsafe { (&raw const (*sem).first_waiter).read_volatile() }.is_null()
}

/// How many readers a VMA has, which must be valid.
#[cfg(CONFIG_PER_VMA_LOCK)]
pub(super) fn readers(vma: *mut bindings::vm_area_struct) -> u32 {
    // SAFETY: The tests call this while they hold the VMA, so it is valid.
    let refcnt = unsafe { &raw mut (*vma).vm_refcnt.refs.counter };
    // SAFETY: The field is valid and accessed atomically.
    let refcnt = unsafe { Atomic::from_ptr(refcnt) }.load(Acquire);
    // One is for the tree.
    (refcnt as u32 & !bindings::VM_REFCNT_EXCLUDE_READERS_FLAG).wrapping_sub(1)
}

/// Whether a writer is waiting for the readers of a VMA to go.
#[cfg(CONFIG_PER_VMA_LOCK)]
pub(super) fn writer_waits(vma: *mut bindings::vm_area_struct) -> bool {
    // SAFETY: The tests call this while they hold the VMA, so it is valid.
    let refcnt = unsafe { &raw mut (*vma).vm_refcnt.refs.counter };
    // SAFETY: The field is valid and accessed atomically.
    let refcnt = unsafe { Atomic::from_ptr(refcnt) }.load(Acquire);
    refcnt as u32 & bindings::VM_REFCNT_EXCLUDE_READERS_FLAG != 0
}

/// Waits up to five seconds for a condition, and returns whether it came true.
pub(super) fn eventually(condition: impl Fn() -> bool) -> bool {
    for _ in 0..5000 {
        if condition() {
            return true;
        }
        fsleep(Delta::from_millis(1));
    }
    condition()
}

/// Runs a closure in another task, and returns what it returned.
pub(super) fn elsewhere(f: impl FnOnce() -> bool + Send + 'static) -> Result<bool> {
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
pub(super) fn elsewhere_with(
    mm: &TestMm,
    f: impl FnOnce(&MmWithUser) -> bool + Send + 'static,
) -> Result<bool> {
    let mm = mm.share();
    elsewhere(move || f(&mm))
}

/// Something that happens once, in one task, and is seen by another.
#[derive(Clone)]
pub(super) struct Event(Arc<Atomic<bool>>);

impl Event {
    pub(super) fn new() -> Result<Self> {
        Ok(Self(Arc::new(Atomic::new(false), GFP_KERNEL)?))
    }

    pub(super) fn happen(&self) {
        self.0.store(true, Release);
    }

    pub(super) fn happened(&self) -> bool {
        self.0.load(Acquire)
    }

    /// Waits for the event, up to five seconds.
    pub(super) fn wait(&self) -> bool {
        eventually(|| self.happened())
    }
}

/// A second task.
///
/// Dropping it waits for its end, unless the task hangs, which fails the test that runs then.
pub(super) struct Thread {
    task: *mut bindings::task_struct,
    done: Event,
}

struct Start<F> {
    run: F,
    done: Event,
}

impl Thread {
    /// Runs a closure in a new kernel thread.
    pub(super) fn spawn<F: FnOnce() + Send + 'static>(run: F) -> Result<Self> {
        let done = Event::new()?;
        let start = KBox::into_raw(KBox::new(
            Start {
                run,
                done: done.clone(),
            },
            GFP_KERNEL,
        )?);
        // SAFETY: `main` is called with the box that it expects, if the thread is created, and takes
        // it over.
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
    pub(super) fn kill(&self) {
        // SAFETY: `self` has a reference on the task.
        unsafe { bindings::send_sig(bindings::SIGKILL as c_int, self.task, 1) };
    }

    /// Waits for the end of the thread, and returns whether it came.
    pub(super) fn join(self) -> bool {
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
pub(super) struct OtherMm {
    mm: ARef<MmWithUser>,
    end: Event,
    _thread: Thread,
}

impl OtherMm {
    /// Makes an mm, empty but for what `map` maps.
    pub(super) fn new(map: impl FnOnce(&TestMm) -> Result + Send + 'static) -> Result<Self> {
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
pub(super) fn hold_mmap_write_lock(
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
pub(super) fn hold_vma_read_lock(
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
pub(super) fn write_lock(
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
pub(super) fn unmap_elsewhere(
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

/// Lets the current kernel thread be killed.
pub(super) fn allow_kill() {
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
