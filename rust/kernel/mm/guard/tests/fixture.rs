// SPDX-License-Identifier: GPL-2.0-only

//! What the tests stand on: an mm with VMAs, and a second task.

use super::super::LockContext;
use crate::bindings;
use core::ops::Deref;
use kernel::{
    error::{
        from_err_ptr,
        to_result, //
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
        Arc, //
    },
    time::{
        delay::fsleep,
        Delta, //
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
const MAP_PRIVATE: usize = 0x02;
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
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
        // SAFETY: The mm is that of the current task, and holds nothing that anyone relies on.
        let mapped = unsafe {
            bindings::vm_mmap(
                core::ptr::null_mut(),
                addr,
                pages * PAGE_SIZE,
                prot,
                flags,
                0,
            )
        };
        if mapped == addr {
            Ok(())
        } else {
            Err(ENOMEM)
        }
    }

    /// Unmaps memory.
    pub(super) fn unmap(&self, addr: usize, pages: usize) -> Result {
        // SAFETY: As in `map`.
        to_result(unsafe { bindings::vm_munmap(addr, pages * PAGE_SIZE) })
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
