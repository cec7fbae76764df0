// SPDX-License-Identifier: GPL-2.0-only

//! `mmscope maps`: the VMAs of a process.

use super::{attached, check_failure, comm, parse_pid, write_failure, Failure};
use mmscope::{
    check::{compare, Comparison},
    device::Counts,
    row::{shown, Row},
};
use serde_json::json;
use std::{
    io,
    io::{BufWriter, Write},
};

/// Show the VMAs, laid out as in /proc/PID/maps
#[derive(clap::Args)]
pub struct Args {
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

pub fn run(args: &Args) -> Result<(), Failure> {
    let pid = args.pid;
    let device = attached(pid)?;
    if args.check {
        // What standard output needs is allocated before, so that `self` stands still.
        let out = io::stdout();
        let comparison =
            compare(&device, pid, usize::MAX).map_err(|err| check_failure(pid, err))?;
        return report(&mut out.lock(), pid, &comparison, args.max_fallback);
    }
    let (rows, counts) = device
        .walk()
        .map_err(|err| check_failure(pid, err.into()))?;
    let print = if args.json { print_json } else { print_rows };
    print(pid, &rows, &counts).map_err(write_failure)
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
    let mut out = BufWriter::new(io::stdout().lock());
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
                "name": shown(&row.vma.name),
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
    writeln!(out, "{all:#}")?;
    out.flush()
}

fn report(
    out: &mut impl Write,
    pid: i32,
    comparison: &Comparison,
    max_fallback: Option<f64>,
) -> Result<(), Failure> {
    let Comparison { maps, counts, .. } = comparison;
    if !comparison.all_match() {
        let _ = comparison.write_diff(out, pid);
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
    writeln!(
        out,
        "mmscope: PID {pid} ({}): {} of {} VMAs match /proc/{pid}/maps; {} under the VMA lock, {} \
         after a fallback, {} under the mmap lock",
        comm(pid),
        comparison.matches(),
        maps.len(),
        counts.vma_locked(),
        counts.after_fallback(),
        counts.mmap_locked
    )
    .map_err(write_failure)?;
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
