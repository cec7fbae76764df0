// SPDX-License-Identifier: GPL-2.0-only

//! From a PID to an address space.
//!
//! C header: [`include/linux/sched/mm.h`](srctree/include/linux/sched/mm.h)

use crate::bindings;
use core::ptr::NonNull;
use kernel::{
    mm::MmWithUserAsync,
    prelude::*,
    sync::aref::ARef,
    task::{
        Pid,
        Task, //
    }, //
};

/// Returns the address space of the task that has `pid` in the PID namespace of the current task.
///
/// The result keeps `mm_users` above zero. Does not sleep, and dropping the result does not sleep
/// either: the teardown of an address space takes locks that the dropping task may hold, so it is
/// left to a worker. C: `find_get_pid()`, `get_pid_task()`, `get_task_mm()`, `mmput_async()`.
///
/// This checks no permission. A caller that shows the address space of one task to another must.
///
/// # Errors
///
/// `ESRCH` if there is no such task, or it has exited; `EINVAL` if it is a kernel thread, which
/// has no address space of its own.
pub fn mm_from_pid(pid: Pid) -> Result<ARef<MmWithUserAsync>> {
    let task = find_task(pid).ok_or(ESRCH)?;
    // SAFETY: `task` is valid, as it is a counted reference.
    if let Some(mm) = NonNull::new(unsafe { bindings::get_task_mm(task.as_ptr()) }) {
        // SAFETY: `get_task_mm` took a reference on `mm_users`, which goes to the result.
        // CAST: `MmWithUserAsync` is a transparent wrapper of `mm_struct`.
        return Ok(unsafe { ARef::from_raw(mm.cast()) });
    }
    // SAFETY: `task` is valid, as it is a counted reference. The task may write other bits of the
    // word at the same time, hence the volatile load. `PF_KTHREAD` is set before the thread can be
    // found, and is not cleared.
    let task_flags = unsafe { (&raw const (*task.as_ptr()).flags).read_volatile() };
    Err(if task_flags & bindings::PF_KTHREAD != 0 {
        EINVAL
    } else {
        ESRCH
    })
}

/// Finds the task that has `pid` in the PID namespace of the current task.
fn find_task(pid: Pid) -> Option<ARef<Task>> {
    // SAFETY: `find_get_pid` takes any number. It returns null or a counted reference, and the two
    // other functions take either. `put_pid` gives that reference back.
    let task = unsafe {
        let pid = bindings::find_get_pid(pid);
        let task = bindings::get_pid_task(pid, bindings::pid_type_PIDTYPE_PID);
        bindings::put_pid(pid);
        task
    };
    // SAFETY: `get_pid_task` took a reference on the task, which goes to the result.
    // CAST: `Task` is a transparent wrapper of `task_struct`.
    NonNull::new(task).map(|task| unsafe { ARef::from_raw(task.cast()) })
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
