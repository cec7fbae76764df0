// SPDX-License-Identifier: GPL-2.0-only

//! The processes that are looked at, from the outside.

use mmguard_vm::tap::Failure;
use mmscope::device::Device;
use nix::{
    errno::Errno,
    libc,
    sys::{
        signal::{kill, Signal},
        wait::{waitpid, WaitPidFlag},
    },
    unistd::Pid,
};
use std::{
    io::{BufRead, BufReader, Write},
    os::fd::OwnedFd,
    process::{Child, Command, Stdio},
};

const PATH: &str = "/bin/subject";

/// A process that is looked at. It ends when this is dropped.
pub struct Subject {
    child: Child,
    /// What it said when it was ready.
    pub said: String,
}

impl Subject {
    /// Starts it, and waits until it is ready.
    pub fn spawn(args: &[&str]) -> Result<Self, Failure> {
        let mut child = Command::new(PATH)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|err| format!("{PATH}: {err}"))?;
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is a pipe");
        let _ = BufReader::new(stdout).read_line(&mut line);
        let mut subject = Self {
            child,
            said: String::new(),
        };
        match line.strip_prefix("ready ") {
            Some(said) => subject.said = said.trim_end().into(),
            None => return Err(format!("{PATH} {}: not ready: {line:?}", args.join(" "))),
        }
        // It blocks in a read from now on. Give it the time to get there.
        std::thread::sleep(std::time::Duration::from_millis(20));
        Ok(subject)
    }

    /// Its PID.
    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    /// Stops it, and waits until it has stopped.
    pub fn stop(&self) {
        let pid = Pid::from_raw(self.pid());
        kill(pid, Signal::SIGSTOP).expect("it lives");
        waitpid(pid, Some(WaitPidFlag::WUNTRACED)).expect("it is a child");
    }

    /// Sends it a line.
    pub fn go(&mut self) -> Result<(), Failure> {
        let stdin = self.child.stdin.as_mut().expect("it is a pipe");
        stdin.write_all(b"go\n").map_err(|err| err.to_string())
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it, without waiting for it. It stays as a zombie.
    pub fn kill(&mut self) {
        self.child.kill().expect("it lives");
        let mut info = std::mem::MaybeUninit::<libc::siginfo_t>::uninit();
        let options = libc::WEXITED | libc::WNOWAIT;
        // SAFETY: `info` is valid for writes.
        unsafe { libc::waitid(libc::P_PID, self.child.id(), info.as_mut_ptr(), options) };
    }

    /// Opens a device that looks at it.
    pub fn device(&self) -> Result<Device, Failure> {
        attached(self.pid())
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Opens a device that looks at a process.
pub fn attached(pid: i32) -> Result<Device, Failure> {
    let device = Device::open().map_err(|err| format!("open: {err}"))?;
    device
        .attach(pid)
        .map_err(|err| format!("attach {pid}: {err}"))?;
    Ok(device)
}

/// Runs the subject, as an ordinary user, until it ends. Returns the errno that it prints.
pub fn as_user(args: &[&str], stdin: Option<OwnedFd>) -> Result<Errno, Failure> {
    let output = Command::new(PATH)
        .args(args)
        .stdin(stdin.map_or_else(Stdio::null, Stdio::from))
        .output()
        .map_err(|err| format!("{PATH}: {err}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match text.trim().parse() {
        Ok(errno) => Ok(Errno::from_raw(errno)),
        Err(_) => Err(format!("{text}{}", String::from_utf8_lossy(&output.stderr))),
    }
}
