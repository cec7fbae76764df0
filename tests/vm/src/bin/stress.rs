// SPDX-License-Identifier: GPL-2.0-only

//! What tries to break the module mmpool.
//!
//! `stress churn [ROUNDS [SEED]]`: mappings come and go in several processes, and in the end
//! nothing is left.
//!
//! `stress race [ROUNDS [KIND]]`: some access pages while they are taken back, and see nothing old.
//! Of all kinds that can be taken back, or of one.
//!
//! `stress hostile [CALLS [SEED]]`: any system calls, with any arguments. Nobody sees what another
//! one wrote.
//!
//! It ends with status 0 if all was well.

#[path = "stress/arena.rs"]
mod arena;
#[path = "stress/churn.rs"]
mod churn;
#[path = "stress/hostile.rs"]
mod hostile;
#[path = "stress/race.rs"]
mod race;

use mmguard_vm::{
    access,
    tap::{note, Failure},
};
use nix::{
    libc,
    sys::{
        signal::{kill, Signal},
        wait::{waitpid, WaitPidFlag, WaitStatus},
    },
    unistd::{fork, getpid, ForkResult, Pid},
};
use std::{
    env,
    process::exit,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How often it is told how far it is.
const TELL: Duration = Duration::from_secs(10);

fn main() {
    let args: Vec<_> = env::args().collect();
    let number = |i: usize| args.get(i).and_then(|arg| arg.parse().ok());
    let (count, seed) = (number(2), || number(3).unwrap_or_else(any_seed));
    access::let_fail();
    let result = match args.get(1).map(String::as_str) {
        Some("churn") => churn::run(count.unwrap_or(10_000), seed()),
        Some("race") => race::run(count.unwrap_or(1_000_000), number(3)),
        Some("hostile") => hostile::run(count.unwrap_or(1_000_000), seed()),
        _ => Err("see the first lines of stress.rs".into()),
    };
    if let Err(text) = result {
        note(format_args!("failed: {text}"));
        exit(1);
    }
}

fn any_seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(1, |since| since.as_nanos() as u64)
}

/// Has this process killed when its parent ends.
fn end_with_parent() {
    // SAFETY: It has no pointers.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
}

/// Processes that do something, each of them with a number.
struct Workers(Vec<Pid>);

impl Workers {
    /// Starts them. They end with what `run` returns, and with this process.
    fn start(count: usize, run: impl Fn(usize) -> Result<(), Failure>) -> Result<Self, Failure> {
        let mut workers = Self(Vec::new());
        let parent = getpid();
        for number in 0..count {
            // SAFETY: This process has one thread.
            match unsafe { fork() }.map_err(|err| format!("fork: {err}"))? {
                ForkResult::Parent { child } => workers.0.push(child),
                ForkResult::Child => {
                    end_with_parent();
                    if nix::unistd::getppid() != parent {
                        exit(1);
                    }
                    match run(number) {
                        Ok(()) => exit(0),
                        Err(text) => {
                            note(format_args!("process {number}: {text}"));
                            exit(1)
                        }
                    }
                }
            }
        }
        Ok(workers)
    }

    /// Waits until all have ended, and tells how far they are meanwhile.
    fn end(mut self, progress: impl Fn() -> String) -> Result<(), Failure> {
        let mut told = Instant::now();
        while let Some(&pid) = self.0.last() {
            match waitpid(pid, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::StillAlive) => thread::sleep(Duration::from_millis(10)),
                Ok(WaitStatus::Exited(_, 0)) => drop(self.0.pop()),
                status => {
                    self.0.pop();
                    return Err(format!("a process: {status:?}"));
                }
            }
            if told.elapsed() >= TELL {
                told = Instant::now();
                note(progress());
            }
        }
        Ok(())
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for &pid in &self.0 {
            let _ = kill(pid, Signal::SIGKILL);
            let _ = waitpid(pid, None);
        }
    }
}
