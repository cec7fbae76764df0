// SPDX-License-Identifier: GPL-2.0-only

//! The commands of `mmscope`, and what they share.

pub mod maps;
pub mod pages;
pub mod wss;

use mmscope::{
    check::CheckError,
    device::{Device, ReadError, PATH},
    row::shown,
};
use nix::{errno::Errno, libc};
use std::{fmt::Display, fs, io};

/// The exit code and what to say.
pub struct Failure(pub u8, pub String);

pub fn parse_pid(arg: &str) -> Result<i32, String> {
    if arg == "self" {
        return Ok(std::process::id() as i32);
    }
    arg.parse().map_err(|_| "neither a PID nor `self`".into())
}

/// Opens a device that looks at a process.
pub fn attached(pid: i32) -> Result<Device, Failure> {
    let device = Device::open().map_err(open_failure)?;
    device.attach(pid).map_err(|err| attach_failure(pid, err))?;
    Ok(device)
}

/// The name of the process.
pub fn comm(pid: i32) -> String {
    match fs::read(format!("/proc/{pid}/comm")) {
        Ok(comm) => shown(comm.strip_suffix(b"\n").unwrap_or(&comm)),
        Err(_) => "?".into(),
    }
}

const NOT_ALLOWED: &str = "only root with CAP_SYS_PTRACE may look; run this as root";

fn open_failure(err: io::Error) -> Failure {
    let next = match err.raw_os_error() {
        Some(libc::ENOENT) => "the module is not loaded; load it: insmod mmscope.ko",
        Some(libc::ENXIO | libc::ENODEV) => "nothing is behind the device; insmod mmscope.ko",
        Some(libc::EACCES | libc::EPERM) => NOT_ALLOWED,
        _ => "",
    };
    failure(format_args!("cannot open {PATH}: {err}"), next)
}

fn attach_failure(pid: i32, err: Errno) -> Failure {
    let next = match err {
        Errno::ESRCH => "there is no such process, or it has exited; see `ps -e`",
        Errno::EINVAL => "it is a kernel thread, which has no address space; name another process",
        Errno::EPERM | Errno::EACCES => NOT_ALLOWED,
        Errno::ENOTTY => OTHER_VERSION,
        _ => "",
    };
    failure(format_args!("cannot look at PID {pid}: {err}"), next)
}

const OTHER_VERSION: &str =
    "the module and this client are of different versions; build and load both from one tree";

pub fn check_failure(pid: i32, err: CheckError) -> Failure {
    match err {
        CheckError::Moving => Failure(3, format!("PID {pid}: {err}")),
        CheckError::Gone => failure(
            format_args!("PID {pid}: {err}"),
            "look at one that lives; see `ps -e`",
        ),
        CheckError::Device(ReadError::Errno(Errno::ENOTTY) | ReadError::Malformed(_)) => {
            failure(format_args!("PID {pid}: {err}"), OTHER_VERSION)
        }
        CheckError::Device(ReadError::Errno(Errno::EPERM)) => {
            failure(format_args!("PID {pid}: {err}"), NOT_ALLOWED)
        }
        err => failure(format_args!("PID {pid}: {err}"), ""),
    }
}

pub fn failure(what: impl Display, next: &str) -> Failure {
    let text = if next.is_empty() {
        what.to_string()
    } else {
        format!("{what}: {next}")
    };
    Failure(2, text)
}

pub fn write_failure(err: io::Error) -> Failure {
    Failure(2, format!("cannot write: {err}"))
}
