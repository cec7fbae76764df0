// SPDX-License-Identifier: GPL-2.0-only

//! `mmscope`: shows the address space of a live process through `/dev/mmscope`.

use clap::Parser;
use mmscope::{
    check::{compare, CheckError, Comparison},
    device::{Counts, Device, ReadError, PATH},
    row::Row,
};
use nix::{errno::Errno, libc};
use serde_json::json;
use std::{
    fmt::Display,
    fs, io,
    io::{BufWriter, Write},
    process::ExitCode,
};

/// Shows the address space of a live process, read through /dev/mmscope.
///
/// Exits 0 if all went well; 1 if --check found a difference, or too many rows needed the mmap
/// lock; 2 if something could not be read; 3 if the process of --check kept moving.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// The process, or `self` for this one
    #[arg(value_parser = parse_pid, allow_negative_numbers = true)]
    pid: i32,

    /// Print JSON
    #[arg(long, conflicts_with = "check")]
    json: bool,

    /// Compare with /proc/PID/maps, row for row
    ///
    /// The range, the permissions, the offset and the name are compared. `[vsyscall]` is left
    /// out: it is the gate VMA, which belongs to no address space.
    #[arg(long)]
    check: bool,

    /// Fail if more of the rows than this needed the mmap lock
    #[arg(long, value_name = "PERCENT", requires = "check")]
    max_fallback: Option<f64>,
}

fn parse_pid(arg: &str) -> Result<i32, String> {
    if arg == "self" {
        return Ok(std::process::id() as i32);
    }
    arg.parse().map_err(|_| "neither a PID nor `self`".into())
}

/// The exit code and what to say.
struct Failure(u8, String);

fn main() -> ExitCode {
    // A reader that has seen enough, such as `head`, ends this quietly.
    // SAFETY: No handler is involved.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(code, text)) => {
            eprintln!("mmscope: {text}");
            ExitCode::from(code)
        }
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    let pid = args.pid;
    let device = Device::open().map_err(open_failure)?;
    device.attach(pid).map_err(|err| attach_failure(pid, err))?;
    if args.check {
        // What standard output needs is allocated before, so that `self` stands still.
        print!("");
        let comparison =
            compare(&device, pid, usize::MAX).map_err(|err| check_failure(pid, err))?;
        return report(pid, &comparison, args.max_fallback);
    }
    let (rows, counts) = device
        .walk()
        .map_err(|err| check_failure(pid, err.into()))?;
    let print = if args.json { print_json } else { print_rows };
    print(pid, &rows, &counts).map_err(|err| Failure(2, format!("cannot write: {err}")))
}

fn print_rows(_pid: i32, rows: &[Row], counts: &Counts) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for row in rows {
        row.write_line(&mut out)?;
    }
    writeln!(
        out,
        "{} VMAs; {} under the VMA lock, {} after a fallback to the mmap lock, {} under the mmap \
         lock itself",
        counts.rows,
        counts.vma_locked(),
        counts.after_fallback(),
        counts.mmap_locked
    )?;
    out.flush()
}

fn print_json(pid: i32, rows: &[Row], counts: &Counts) -> io::Result<()> {
    let hex = |value: u64| format!("{value:#x}");
    let vmas: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "start": hex(row.vma.start),
                "end": hex(row.vma.end),
                "perms": String::from_utf8_lossy(&row.vma.perms),
                "offset": hex(row.vma.offset),
                "vm_flags": hex(row.flags),
                "kind": row.kind(),
                "name": String::from_utf8_lossy(&row.vma.name),
                "path_too_long": row.path_too_long,
                "lock": if row.mmap_locked { "mmap" } else { "vma" },
            })
        })
        .collect();
    let all = json!({
        "pid": pid,
        "comm": comm(pid),
        "vmas": vmas,
        "vma_locked": counts.vma_locked(),
        "after_fallback": counts.after_fallback(),
        "mmap_locked": counts.mmap_locked,
    });
    writeln!(io::stdout().lock(), "{all:#}")
}

fn report(pid: i32, comparison: &Comparison, max_fallback: Option<f64>) -> Result<(), Failure> {
    let Comparison { maps, counts, .. } = comparison;
    if !comparison.all_match() {
        let mut out = io::stdout().lock();
        let _ = comparison.write_diff(&mut out, pid);
        return Err(Failure(
            1,
            format!(
                "PID {pid} ({}): the device and /proc/{pid}/maps differ: {} of {} VMAs match; the \
                 device shows {}",
                comm(pid),
                comparison.matches(),
                maps.len(),
                counts.rows
            ),
        ));
    }
    println!(
        "mmscope: PID {pid} ({}): {} of {} VMAs match /proc/{pid}/maps; {} under the VMA lock, {} \
         after a fallback, {} under the mmap lock",
        comm(pid),
        comparison.matches(),
        maps.len(),
        counts.vma_locked(),
        counts.after_fallback(),
        counts.mmap_locked
    );
    match max_fallback {
        Some(max) if counts.fallbacks as f64 * 100.0 > max * counts.rows as f64 => Err(Failure(
            1,
            format!(
                "{} of {} VMAs needed the mmap lock, more than {max} %",
                counts.fallbacks, counts.rows
            ),
        )),
        _ => Ok(()),
    }
}

/// The name of the process.
fn comm(pid: i32) -> String {
    fs::read(format!("/proc/{pid}/comm")).map_or_else(
        |_| "?".into(),
        |comm| String::from_utf8_lossy(comm.trim_ascii_end()).into_owned(),
    )
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

fn check_failure(pid: i32, err: CheckError) -> Failure {
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

fn failure(what: impl Display, next: &str) -> Failure {
    let text = if next.is_empty() {
        what.to_string()
    } else {
        format!("{what}: {next}")
    };
    Failure(2, text)
}
