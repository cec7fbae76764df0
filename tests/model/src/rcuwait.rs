// SPDX-License-Identifier: GPL-2.0-only

//! The wait of the one writer of an mm: include/linux/rcuwait.h, and
//! rcuwait_wake_up() of kernel/exit.c.

use crate::mutant::{barrier, on, Mutant};
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};
use loom::sync::{Condvar, Mutex};

/// How a task waits.
#[derive(Clone, Copy, PartialEq)]
pub enum TaskState {
    Uninterruptible,
    Killable,
}

/// -EINTR: a fatal signal ended the wait.
#[derive(Debug, PartialEq)]
pub struct Interrupted;

/// What the scheduler knows of the waiting task: its state, and its signals.
struct Task {
    sleeping: Mutex<bool>,
    woken: Condvar,
    killed: AtomicBool,
}

impl Task {
    fn set_state(&self, sleeping: bool) {
        *self.sleeping.lock().expect("a thread panicked") = sleeping;
    }

    fn schedule(&self) {
        let mut sleeping = self.sleeping.lock().expect("a thread panicked");
        while *sleeping {
            sleeping = self.woken.wait(sleeping).expect("a thread panicked");
        }
    }

    fn wake_up_process(&self) {
        *self.sleeping.lock().expect("a thread panicked") = false;
        self.woken.notify_all();
    }
}

/// struct rcuwait, with the one task that can wait in it.
pub struct RcuWait {
    task: AtomicUsize,
    writer: Task,
}

impl RcuWait {
    pub fn new() -> Self {
        Self {
            task: AtomicUsize::new(0),
            writer: Task {
                sleeping: Mutex::new(false),
                woken: Condvar::new(),
                killed: AtomicBool::new(false),
            },
        }
    }

    /// rcuwait_wait_event(), rcuwait.h:41
    pub fn wait_event(
        &self,
        state: TaskState,
        condition: impl Fn() -> bool,
    ) -> Result<(), Interrupted> {
        // rcuwait.h:44 prepare_to_rcuwait()
        if !on(Mutant::WaitNotAnnounced) && !on(Mutant::WaitAnnouncedLate) {
            self.task.store(1, Release);
        }
        let result = loop {
            // rcuwait.h:50 set_current_state(), with barrier (A)
            if !on(Mutant::WaitChecksFirst) {
                self.writer.set_state(true);
            }
            barrier(Mutant::WaitNoBarrierA, SeqCst);
            if on(Mutant::WaitAnnouncedLate) {
                self.task.store(1, Release);
            }
            // rcuwait.h:51. The control dependency orders what the writer
            // stores from here on. loom has none: an acquire fence stands for it.
            if condition() {
                loom::sync::atomic::fence(Acquire);
                break Ok(());
            }
            // rcuwait.h:54 signal_pending_state()
            if state == TaskState::Killable && self.writer.killed.load(Relaxed) {
                break Err(Interrupted);
            }
            if on(Mutant::WaitChecksFirst) {
                self.writer.set_state(true);
            }
            // rcuwait.h:59 schedule()
            self.writer.schedule();
        };
        // rcuwait.h:61 finish_rcuwait()
        self.writer.set_state(false);
        self.task.store(0, Relaxed);
        result
    }

    /// rcuwait_wake_up(), kernel/exit.c:322
    pub fn wake_up(&self) {
        // exit.c:340, barrier (B)
        barrier(Mutant::WakeNoBarrierB, SeqCst);
        // exit.c:342
        if self.task.load(Relaxed) != 0 {
            self.writer.wake_up_process();
        }
    }

    /// A fatal signal for the writer (signal_wake_up()).
    pub fn kill(&self) {
        self.writer.killed.store(true, Relaxed);
        loom::sync::atomic::fence(SeqCst);
        self.writer.wake_up_process();
    }
}

impl Default for RcuWait {
    fn default() -> Self {
        Self::new()
    }
}
