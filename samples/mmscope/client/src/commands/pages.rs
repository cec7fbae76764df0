// SPDX-License-Identifier: GPL-2.0-only

//! `mmscope pages`: what the page tables of a process say.

use super::{attached, check_failure, comm, parse_pid, write_failure, Failure};
use mmscope::{
    check_pages::{compare_pages, PageComparison, CHUNK},
    pages::{by_vma, VmaPages},
    row::{perms, Row},
    uapi::*,
};
use serde_json::{json, Map, Value};
use std::{
    io,
    io::{BufWriter, Write},
};

/// Count the pages of each VMA: present, swapped out, and so on
#[derive(clap::Args)]
pub struct Args {
    /// The process, or `self` for this one
    #[arg(value_parser = parse_pid, allow_negative_numbers = true)]
    pid: i32,

    /// Print JSON
    #[arg(long, conflicts_with = "check")]
    json: bool,

    /// Compare with /proc/PID/pagemap, page for page, and with the sums of /proc/PID/smaps
    ///
    /// Pages of which the two speak otherwise, as is known, are counted by the name of the
    /// difference.
    #[arg(long)]
    check: bool,
}

/// The columns: their names, their width, and what they count.
const COLUMNS: [(&str, usize, u16); 11] = [
    ("present", 8, PAGE_PRESENT),
    ("young", 8, PAGE_YOUNG),
    ("dirty", 8, PAGE_DIRTY),
    ("huge", 8, PAGE_HUGE),
    ("zero", 6, PAGE_ZERO),
    ("swapped", 8, PAGE_SWAPPED),
    ("marked", 7, PAGE_MARKED),
    ("migrating", 10, PAGE_MIGRATING),
    ("device", 7, PAGE_DEVICE),
    ("none", 10, PAGE_NONE),
    ("uninspected", 12, PAGE_UNINSPECTED),
];

pub fn run(args: &Args) -> Result<(), Failure> {
    let pid = args.pid;
    let device = attached(pid)?;
    if args.check {
        let comparison =
            compare_pages(&device, pid, CHUNK).map_err(|err| check_failure(pid, err))?;
        return report(&mut io::stdout().lock(), pid, &comparison);
    }
    let failure = |err| check_failure(pid, err);
    let (rows, _) = device.walk().map_err(|err| failure(err.into()))?;
    let vmas = by_vma(&device.pages(0, CHUNK).map_err(|err| failure(err.into()))?);
    let mut total = PageCounts::default();
    for vma in &vmas {
        total.merge(&vma.counts);
    }
    let print = if args.json { print_json } else { print_vmas };
    print(pid, &vmas, &rows, &total).map_err(write_failure)
}

/// The name that a VMA had when the rows were read.
fn name(vma: &VmaPages, rows: &[Row]) -> String {
    match rows.binary_search_by_key(&vma.vma.start, |row| row.vma.start) {
        Ok(i) => rows[i].shown_name(),
        Err(_) => String::new(),
    }
}

fn print_vmas(_pid: i32, vmas: &[VmaPages], rows: &[Row], total: &PageCounts) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let columns = |counts: &PageCounts| -> String {
        let column = |&(_, width, what): &(_, _, u16)| format!("{:>width$}", counts.of(what));
        COLUMNS.iter().map(column).collect()
    };
    write!(out, "{:<30}", "")?;
    for (name, width, _) in COLUMNS {
        write!(out, "{name:>width$}")?;
    }
    writeln!(out)?;
    for vma in vmas {
        let range = format!("{:08x}-{:08x}", vma.vma.start, vma.vma.end);
        let perms = String::from_utf8_lossy(&perms(vma.vma.flags)).into_owned();
        write!(out, "{range:<25} {perms}{}", columns(&vma.counts))?;
        let name = name(vma, rows);
        if !name.is_empty() {
            write!(out, "  {name}")?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{:<30}{}", "all", columns(total))?;
    out.flush()
}

fn print_json(pid: i32, vmas: &[VmaPages], rows: &[Row], total: &PageCounts) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let hex = |value: u64| format!("{value:#x}");
    let counts = |counts: &PageCounts| -> Map<String, Value> {
        let named = counts.named();
        named
            .map(|(name, pages)| (name.into(), pages.into()))
            .collect()
    };
    let vmas: Vec<_> = vmas
        .iter()
        .map(|vma| {
            json!({
                "start": hex(vma.vma.start),
                "end": hex(vma.vma.end),
                "perms": String::from_utf8_lossy(&perms(vma.vma.flags)),
                "vm_flags": hex(vma.vma.flags),
                "name": name(vma, rows),
                "pages": counts(&vma.counts),
            })
        })
        .collect();
    let all = json!({
        "pid": pid,
        "comm": comm(pid),
        "vmas": vmas,
        "pages": counts(total),
    });
    writeln!(out, "{all:#}")?;
    out.flush()
}

fn report(out: &mut impl Write, pid: i32, comparison: &PageComparison) -> Result<(), Failure> {
    if comparison.differing > 0 {
        for difference in &comparison.differences {
            writeln!(out, "{difference}").map_err(write_failure)?;
        }
        return Err(Failure(
            1,
            format!(
                "PID {pid} ({}): {} differences between the device and /proc/{pid}/pagemap or \
                 /proc/{pid}/smaps, which are not among the known ones",
                comm(pid),
                comparison.differing
            ),
        ));
    }
    let known: Vec<_> = comparison
        .known
        .iter()
        .map(|(name, pages)| format!("{name} {pages}"))
        .collect();
    writeln!(
        out,
        "mmscope: PID {pid} ({}): {} pages match /proc/{pid}/pagemap, and {} VMAs \
         /proc/{pid}/smaps; known differences, in pages: {}",
        comm(pid),
        comparison.pages,
        comparison.vmas,
        if known.is_empty() {
            "none".into()
        } else {
            known.join(", ")
        }
    )
    .map_err(write_failure)
}
