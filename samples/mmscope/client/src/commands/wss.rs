// SPDX-License-Identifier: GPL-2.0-only

//! `mmscope wss`: the working set of a process.

use super::{attached, failure, parse_pid, write_failure, Failure};
use mmscope::{
    device::Device,
    pages::PAGE_SIZE,
    wss::{Counts, Means, Meter, Range, WssError},
};
use nix::libc;
use serde_json::json;
use std::{
    io::{self, Write},
    mem::MaybeUninit,
    ptr,
    time::{Duration, Instant},
};

/// Show how many pages are accessed in each interval: the working set
///
/// This clears accessed bits. Who else goes by them, such as another one of these, sees less.
/// Ctrl-C ends it.
#[derive(clap::Args)]
pub struct Args {
    /// The process, or `self` for this one
    #[arg(value_parser = parse_pid, allow_negative_numbers = true)]
    pid: i32,

    /// How long an interval is
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = parse_seconds)]
    interval: Duration,

    /// End after this many intervals [default: at Ctrl-C]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    rounds: Option<u64>,

    /// Flush the TLBs after each interval
    ///
    /// Without this, an access through a translation that a CPU has cached is not seen. The flush
    /// interrupts the CPUs that the process runs on. Not with idle-page tracking.
    #[arg(long)]
    flush: bool,

    /// By what means; without this, accessed bits, or else idle pages
    #[arg(long)]
    by: Option<Means>,

    /// Print JSON lines: an object for each interval, as it ends
    #[arg(long)]
    json: bool,
}

fn parse_seconds(arg: &str) -> Result<Duration, String> {
    arg.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|interval| {
            (Duration::from_millis(1)..=Duration::from_secs(86400)).contains(interval)
        })
        .ok_or_else(|| "not between 0.001 and 86400 seconds".into())
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let pid = args.pid;
    let device = attached(pid)?;
    watch(&device, args).map_err(|err| match err {
        Stop::Wss(err) => {
            if args.json {
                // The reader of the JSON learns of it too.
                let line = json!({ "pid": pid, "error": err.kind(), "message": err.to_string() });
                let _ = writeln!(io::stdout(), "{line}");
            }
            failure(format_args!("PID {pid}: {err}"), "")
        }
        Stop::Write(err) => write_failure(err),
    })
}

/// Why it ends before its time.
enum Stop {
    Wss(WssError),
    Write(io::Error),
}

impl From<WssError> for Stop {
    fn from(err: WssError) -> Self {
        Self::Wss(err)
    }
}

impl From<io::Error> for Stop {
    fn from(err: io::Error) -> Self {
        Self::Write(err)
    }
}

fn watch(device: &Device, args: &Args) -> Result<(), Stop> {
    let mut meter = Meter::new(device, args.by, args.flush)?;
    let interrupt = Interrupt::new();
    let mut out = io::stdout().lock();
    if !args.json {
        writeln!(
            out,
            "{:>9} {:>11} {:>11} {:>10} {:>11}  by",
            "seconds", "present", "accessed", "MiB", "huge"
        )?;
    }
    meter.next_interval()?;
    let start = Instant::now();
    let mut last = start;
    for round in 1.. {
        if interrupt.comes_within((last + args.interval).saturating_duration_since(Instant::now()))
        {
            break;
        }
        let ranges = meter.next_interval()?;
        let now = Instant::now();
        let line = Line {
            pid: args.pid,
            round,
            since_start: now - start,
            interval: now - last,
            flush: args.flush,
            means: meter.means(),
            ranges: &ranges,
        };
        last = now;
        if args.json {
            line.write_json(&mut out)?;
        } else {
            line.write(&mut out)?;
        }
        if Some(round) == args.rounds {
            break;
        }
    }
    Ok(())
}

/// One interval.
struct Line<'r> {
    pid: i32,
    round: u64,
    since_start: Duration,
    interval: Duration,
    means: Means,
    flush: bool,
    ranges: &'r [Range],
}

impl Line<'_> {
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let sum = Counts::sum(self.ranges);
        write!(
            out,
            "{:9.1} {:11} {:11} {:10.1} {:11}  {}",
            self.since_start.as_secs_f64(),
            sum.present,
            sum.accessed,
            mib(sum.accessed),
            sum.huge_accessed,
            match self.means {
                Means::AccessedBits if self.flush => "accessed bits, flushed",
                Means::AccessedBits => "accessed bits",
                Means::IdlePages => "idle pages",
            },
        )?;
        if sum.not_tracked > 0 {
            write!(out, ", {} not tracked", sum.not_tracked)?;
        }
        writeln!(out)
    }

    fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        let counts = |counts: &Counts| {
            json!({
                "present": counts.present,
                "accessed": counts.accessed,
                "huge": counts.huge,
                "huge_accessed": counts.huge_accessed,
                "not_tracked": counts.not_tracked,
            })
        };
        let ranges: Vec<_> = self
            .ranges
            .iter()
            .filter(|range| range.counts.present > 0)
            .map(|range| {
                json!({
                    "start": format!("{:#x}", range.start),
                    "end": format!("{:#x}", range.end),
                    "pages": counts(&range.counts),
                })
            })
            .collect();
        let line = json!({
            "pid": self.pid,
            "round": self.round,
            "seconds": self.interval.as_secs_f64(),
            "means": match self.means {
                Means::AccessedBits => "accessed-bits",
                Means::IdlePages => "idle-pages",
            },
            "flush": self.flush,
            "page_size": PAGE_SIZE,
            "pages": counts(&Counts::sum(self.ranges)),
            "ranges": ranges,
        });
        writeln!(out, "{line}")
    }
}

fn mib(pages: u64) -> f64 {
    (pages * PAGE_SIZE) as f64 / f64::from(1 << 20)
}

/// SIGINT, which is waited for and does not end the process.
struct Interrupt(libc::sigset_t);

impl Interrupt {
    fn new() -> Self {
        let mut set = MaybeUninit::uninit();
        // SAFETY: The set is valid for writes, and is initialised first.
        unsafe {
            libc::sigemptyset(set.as_mut_ptr());
            libc::sigaddset(set.as_mut_ptr(), libc::SIGINT);
            libc::sigprocmask(libc::SIG_BLOCK, set.as_ptr(), ptr::null_mut());
            Self(set.assume_init())
        }
    }

    /// Waits for it, and tells whether it came.
    fn comes_within(&self, time: Duration) -> bool {
        let time = libc::timespec {
            tv_sec: time.as_secs() as _,
            tv_nsec: time.subsec_nanos().into(),
        };
        // SAFETY: The pointers are valid for reads, or null.
        unsafe { libc::sigtimedwait(&self.0, ptr::null_mut(), &time) == libc::SIGINT }
    }
}
