// SPDX-License-Identifier: GPL-2.0-only

//! Children of the init that make system calls.

use mmguard_vm::tap::Failure;
use nix::{
    errno::Errno,
    libc,
    sys::{
        signal::{kill, Signal},
        wait::{waitpid, WaitPidFlag, WaitStatus},
    },
    unistd::{fork, ForkResult, Pid},
};
use std::{
    thread,
    time::{Duration, Instant},
};

/// How long what must happen may take.
pub const LONG: Duration = Duration::from_secs(10);

/// A child of this process. It is killed when this is dropped, and reaped in the end.
pub struct Task {
    pub pid: Pid,
    reaped: bool,
}

impl Task {
    /// Runs a closure in a new process, which ends with its errno.
    ///
    /// As there are other threads, the closure must do no more than a signal handler may.
    pub fn spawn(run: impl FnOnce() -> Result<(), Errno>) -> Result<Self, Failure> {
        // SAFETY: All callers make system calls, and nothing else.
        match unsafe { fork() } {
            Ok(ForkResult::Child) => {
                let errno = run().err().map_or(0, |errno| errno as i32);
                // SAFETY: It has no pointers.
                unsafe { libc::_exit(errno) }
            }
            Ok(ForkResult::Parent { child: pid }) => Ok(Self { pid, reaped: false }),
            Err(err) => Err(format!("fork: {err}")),
        }
    }

    /// Sends it a SIGKILL.
    pub fn kill(&self) -> Pid {
        kill(self.pid, Signal::SIGKILL).expect("it is not reaped");
        self.pid
    }

    pub fn is_alive(&mut self) -> Result<&'static str, Failure> {
        match waitpid(self.pid, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => Ok(""),
            result => {
                self.reaped = true;
                Err(format!("it has ended: {result:?}"))
            }
        }
    }

    /// Waits for its end.
    pub fn end(&mut self) -> Result<WaitStatus, Failure> {
        let begin = Instant::now();
        loop {
            match waitpid(self.pid, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::StillAlive) if begin.elapsed() < LONG => {
                    thread::sleep(Duration::from_millis(1));
                }
                Ok(WaitStatus::StillAlive) => return Err("it does not end".into()),
                result => {
                    self.reaped = true;
                    return result.map_err(|err| format!("waitpid: {err}"));
                }
            }
        }
    }

    pub fn ends_by_sigkill(&mut self) -> Result<&'static str, Failure> {
        match self.end()? {
            WaitStatus::Signaled(_, Signal::SIGKILL, _) => Ok(""),
            status => Err(format!("{status:?}")),
        }
    }

    pub fn ends_well(&mut self) -> Result<&'static str, Failure> {
        match self.end()? {
            WaitStatus::Exited(_, 0) => Ok(""),
            status => Err(format!("{status:?}")),
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if !self.reaped {
            let _ = kill(self.pid, Signal::SIGKILL);
        }
    }
}
