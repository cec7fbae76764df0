// SPDX-License-Identifier: GPL-2.0-only

//! The working set, against what a process is known to touch.

use crate::{
    client, client_fails,
    subject::{attached, Subject},
    task::LONG,
    times,
};
use mmguard_vm::{
    tap::{note, Failure, Tap},
    wss::Orders,
    PAGE,
};
use mmscope::{
    device::Device,
    uapi::{Wss, WssRow},
    wss::{Counts, Means, Meter, Range, WSS},
};
use nix::{
    errno::Errno,
    libc,
    sys::signal::{kill, Signal},
    unistd::Pid,
};
use std::{
    fmt::{self, Write},
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    os::fd::AsRawFd,
    process::{Command, Stdio},
    ptr,
    sync::atomic::Ordering::*,
    thread,
    time::{Duration, Instant},
};

const MIB: u64 = (1 << 20) / PAGE as u64;
/// The pages of a huge page.
const HUGE: u64 = 2 * MIB;

/// The sets of a mapping that are touched, in pages, and what else there is of it.
const SMALL: Set = Set::of(7, MIB);
const LARGE: u64 = 128 * MIB;
const LARGER: u64 = 512 * MIB;
const BESIDE: u64 = 32 * MIB;

/// The same with huge pages: a page in each of some huge pages.
const HUGE_LEN: u64 = 64 * MIB;
const SMALL_IN_HUGE: Set = Set {
    first: HUGE,
    step: HUGE,
    count: 16,
    seen: 16 * HUGE,
};

/// Pages to touch.
#[derive(Clone, Copy)]
struct Set {
    first: u64,
    step: u64,
    count: u64,
    /// How many pages there are to see.
    seen: u64,
}

impl Set {
    const NONE: Self = Self::of(0, 0);
    /// Touches none, and flushes what the TLBs have cached.
    const FLUSH: Self = Self {
        step: 0,
        ..Self::NONE
    };

    const fn of(first: u64, count: u64) -> Self {
        Self {
            first,
            step: 1,
            count,
            seen: count,
        }
    }
}

/// How a measurement sees accesses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Flushed,
    Bits,
    Idle,
    /// Idle pages, after the subject has flushed the TLBs.
    IdleFlushed,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Flushed => "accessed bits, flush",
            Self::Bits => "accessed bits",
            Self::Idle => "idle pages",
            Self::IdleFlushed => "idle pages, flush",
        })
    }
}

/// A process that touches what it is told.
struct Toucher {
    subject: Subject,
    orders: &'static Orders,
    device: Device,
    start: u64,
    len: u64,
    huge: bool,
    waits: &'static str,
}

impl Toucher {
    fn new(len: u64, huge: bool, waits: &'static str) -> Result<Self, Failure> {
        const ORDERS: &str = "/tmp/orders";
        let pages = if huge { "huge" } else { "small" };
        let bytes = (len * PAGE as u64).to_string();
        let subject = Subject::spawn(&["touching", ORDERS, &bytes, pages, waits])?;
        let file = File::options()
            .read(true)
            .write(true)
            .open(ORDERS)
            .map_err(|err| format!("{ORDERS}: {err}"))?;
        // SAFETY: It maps over nothing, and stays mapped.
        let map = unsafe {
            libc::mmap(
                ptr::null_mut(),
                PAGE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            )
        };
        assert_ne!(map, libc::MAP_FAILED);
        Ok(Self {
            start: u64::from_str_radix(&subject.said, 16).map_err(|err| err.to_string())?,
            len,
            huge,
            waits,
            device: subject.device()?,
            subject,
            // SAFETY: The mapping is aligned and large enough, and is only used as this.
            orders: unsafe { &*map.cast() },
        })
    }

    /// Lets it touch pages, once, and waits until it has.
    fn touch(&self, set: Set) -> Result<(), Failure> {
        self.orders.first.store(set.first, Relaxed);
        self.orders.step.store(set.step, Relaxed);
        self.orders.count.store(set.count, Relaxed);
        let order = self.orders.given.fetch_add(1, Release) + 1;
        let begin = Instant::now();
        while self.orders.done.load(Acquire) != order {
            if begin.elapsed() > LONG {
                return Err("the subject does not touch its pages".into());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// The counts of the mapping, and of all else.
    fn split(&self, ranges: &[Range]) -> (Counts, Counts) {
        let end = self.start + self.len * PAGE as u64;
        let (own, other): (Vec<_>, Vec<_>) = ranges
            .iter()
            .partition(|range| range.start >= self.start && range.end <= end);
        (Counts::sum(own), Counts::sum(other))
    }

    /// An interval for each set, and nothing else in it.
    fn measure(&self, by: By, sets: &[Set], table: &mut Table) -> Result<(), Failure> {
        let mut meter = match by {
            By::Flushed => self.meter(Means::AccessedBits, true)?,
            By::Bits => self.meter(Means::AccessedBits, false)?,
            By::Idle | By::IdleFlushed => self.meter(Means::IdlePages, false)?,
        };
        next(&mut meter)?;
        for &set in sets {
            if by == By::IdleFlushed {
                self.touch(Set::FLUSH)?;
            }
            self.touch(set)?;
            let begin = Instant::now();
            let ranges = next(&mut meter)?;
            let (own, other) = self.split(&ranges);
            table.line(self, by, set, &own, &other, begin.elapsed());
            check(by, self, set, &own)?;
        }
        Ok(())
    }

    fn meter(&self, means: Means, flush: bool) -> Result<Meter<'_>, Failure> {
        Meter::new(&self.device, Some(means), flush).map_err(|err| err.to_string())
    }

    /// How much of the mapping reclaim would take for accessed, in pages.
    fn referenced(&self) -> Result<u64, Failure> {
        let path = format!("/proc/{}/smaps", self.subject.pid());
        let smaps = fs::read_to_string(path).map_err(|err| err.to_string())?;
        smaps
            .split_once(&format!("{:08x}-", self.start))
            .and_then(|(_, rest)| rest.split_once("\nReferenced:"))
            .and_then(|(_, rest)| rest.split_whitespace().next()?.parse::<u64>().ok())
            .map(|kib| kib * 1024 / PAGE as u64)
            .ok_or_else(|| "no line `Referenced:`".into())
    }
}

fn next(meter: &mut Meter<'_>) -> Result<Vec<Range>, Failure> {
    meter.next_interval().map_err(|err| err.to_string())
}

/// What must hold of the counts of the mapping.
fn check(by: By, toucher: &Toucher, set: Set, own: &Counts) -> Result<(), Failure> {
    let holds = match by {
        By::Flushed => own.accessed == set.seen,
        // What a TLB has cached is not seen, and nothing that was not touched is.
        By::Bits | By::Idle => own.accessed <= set.seen,
        By::IdleFlushed => own.accessed <= set.seen && set.seen <= own.accessed + own.not_tracked,
    };
    let huge = if toucher.huge {
        (own.present, own.accessed)
    } else {
        (0, 0)
    };
    if !holds || own.present != toucher.len || (own.huge, own.huge_accessed) != huge {
        return Err(format!(
            "{by}: {} pages to see of {}: {own:?}",
            set.seen, toucher.len
        ));
    }
    Ok(())
}

/// The table of what was measured.
struct Table(String);

impl Table {
    fn new() -> Self {
        Self(format!(
            "{:5} {:7} {:20} {:>9} {:>9} {:>8} {:>7} {:>6} {:>11} {:>5}\n",
            "pages", "subject", "by", "touched", "seen", "error", "%", "other", "not tracked", "ms"
        ))
    }

    fn line(
        &mut self,
        toucher: &Toucher,
        by: By,
        set: Set,
        own: &Counts,
        other: &Counts,
        time: Duration,
    ) {
        let error = own.accessed as i64 - set.seen as i64;
        let percent = match set.seen {
            0 => "-".into(),
            seen => format!("{:.2}", error as f64 * 100.0 / seen as f64),
        };
        let _ = writeln!(
            self.0,
            "{:5} {:7} {by:20} {:9} {:9} {error:8} {percent:>7} {:6} {:11} {:5}",
            if toucher.huge { "huge" } else { "small" },
            toucher.waits,
            set.seen,
            own.accessed,
            other.accessed,
            own.not_tracked,
            time.as_millis(),
        );
    }
}

/// A test with a process that touches what it is told.
type Test = fn(&Toucher) -> Result<String, Failure>;

/// With mmscope in the kernel.
pub fn in_tree(tap: &mut Tap) {
    tap.test("mmscope is there without a module", || {
        Device::open().map(|_| "").map_err(|err| err.to_string())
    });
    let subjects = [(false, "sleeps"), (false, "spins"), (true, "sleeps")];
    measurements(tap, &subjects, &[By::Flushed, By::Bits], Some(reclaim));
    inputs(tap);
    command(tap, "accessed-bits");
}

/// With mmscope as a module.
pub fn module(tap: &mut Tap) {
    let subjects = [(false, "sleeps"), (true, "sleeps")];
    measurements(tap, &subjects, &[By::IdleFlushed, By::Idle], None);
    tap.test(
        "the client says that accessed bits are not for modules",
        || {
            client_fails(
                &["wss", "1", "--by", "accessed-bits"],
                2,
                "build mmscope into",
            )
        },
    );
    command(tap, "idle-pages");
}

/// Measures the sets of each subject, which has huge pages or not, by each means. Prints a table.
fn measurements(
    tap: &mut Tap,
    subjects: &[(bool, &'static str)],
    bys: &[By],
    reclaim: Option<Test>,
) {
    let mut table = Table::new();
    for &(huge, waits) in subjects {
        let count = if times() > 1 { LARGER } else { LARGE };
        let large = Set::of(BESIDE / 2, count);
        let (len, sets) = if huge {
            (HUGE_LEN, &[SMALL_IN_HUGE, SMALL_IN_HUGE, Set::NONE][..])
        } else {
            (
                count + BESIDE,
                &[SMALL, SMALL, Set::NONE, large, large, Set::NONE][..],
            )
        };
        let pages = if huge { "huge" } else { "small" };
        let name = format!("a subject with {pages} pages, that {waits}");
        let mut toucher = None;
        tap.test(&name, || {
            toucher = Some(Toucher::new(len, huge, waits)?);
            Ok("")
        });
        for &by in bys {
            tap.test(
                &format!("{pages} pages, the subject {waits}, by {by}"),
                || {
                    let toucher = toucher.as_ref().ok_or("there is no subject")?;
                    toucher.measure(by, sets, &mut table).map(|()| "")
                },
            );
        }
        if let (false, "sleeps", Some(reclaim)) = (huge, waits, reclaim) {
            tap.test("reclaim still sees what was accessed", || {
                reclaim(toucher.as_ref().ok_or("there is no subject")?)
            });
        }
    }
    println!();
    note(&table.0);
    println!();
}

/// The accessed bits are gone after a look, and the pages are marked in their place.
fn reclaim(toucher: &Toucher) -> Result<String, Failure> {
    let mut meter = toucher.meter(Means::AccessedBits, true)?;
    // This flushes the TLBs, and the file then clears the marks.
    next(&mut meter)?;
    fs::write(format!("/proc/{}/clear_refs", toucher.subject.pid()), "1")
        .map_err(|err| format!("clear_refs: {err}"))?;
    let cleared = toucher.referenced()?;
    toucher.touch(SMALL)?;
    let touched = toucher.referenced()?;
    let seen = toucher.split(&next(&mut meter)?).0.accessed;
    let after = toucher.referenced()?;
    let text = format!(
        "referenced by /proc/PID/smaps: {cleared}, after {} were touched {touched}, after a look \
         that saw {seen} {after}",
        SMALL.seen
    );
    match (cleared, touched, seen, after) == (0, SMALL.seen, SMALL.seen, SMALL.seen) {
        true => Ok(text),
        false => Err(text),
    }
}

/// Wrong inputs.
fn inputs(tap: &mut Tap) {
    tap.test("wrong inputs of the call", || {
        let device = attached(1)?;
        let mut rows = [WssRow::default(); 4];
        let good = Wss {
            buf: rows.as_mut_ptr() as u64,
            buf_len: size_of_val(&rows) as u64,
            ..Wss::default()
        };
        for (what, wss, errno) in [
            ("unknown flags", Wss { flags: 2, ..good }, Errno::EINVAL),
            (
                "reserved",
                Wss {
                    reserved: 1,
                    ..good
                },
                Errno::EINVAL,
            ),
            ("in a page", Wss { from: 1, ..good }, Errno::EINVAL),
            (
                "the kernel's",
                Wss {
                    from: 1 << 63,
                    ..good
                },
                Errno::EINVAL,
            ),
            (
                "no room",
                Wss {
                    buf_len: 55,
                    ..good
                },
                Errno::ENOSPC,
            ),
            ("no buffer", Wss { buf: 8, ..good }, Errno::EFAULT),
        ] {
            let mut wss = wss;
            // SAFETY: The ioctl reads and writes a `Wss`, and rows, to memory that is there for
            // that, or is none.
            let result = unsafe { device.ioctl(WSS, &raw mut wss as usize) };
            if result != Err(errno) {
                return Err(format!("{what}: {result:?}, not {errno:?}"));
            }
        }
        let device = Device::open().map_err(|err| err.to_string())?;
        match device.read_wss(0, &mut rows, 0) {
            Err(Errno::ENXIO) => Ok(""),
            result => Err(format!("nothing attached: {result:?}")),
        }
    });
    tap.test("a walk in small steps sees the same VMAs", || {
        let subject = Subject::spawn(&["many"])?;
        subject.stop();
        let device = subject.device()?;
        let walk = |room| {
            let (mut ranges, mut from) = (Vec::new(), 0);
            loop {
                let mut rows = vec![WssRow::default(); room];
                let wss = device
                    .read_wss(from, &mut rows, 0)
                    .map_err(|err| err.to_string())?;
                for row in &rows[..wss.rows as usize] {
                    ranges.push((row.start, row.end, row.present, row.huge));
                }
                if wss.end == 1 {
                    return Ok::<_, Failure>(ranges);
                }
                from = wss.from;
            }
        };
        let ranges = walk(1)?;
        let (vmas, _) = device.walk().map_err(|err| err.to_string())?;
        let same = ranges
            .iter()
            .map(|range| (range.0, range.1))
            .eq(vmas.iter().map(|row| (row.vma.start, row.vma.end)));
        match same && ranges == walk(100)? {
            true => Ok(format!("{} VMAs", ranges.len())),
            false => Err("they differ".into()),
        }
    });
}

/// The command.
fn command(tap: &mut Tap, means: &str) {
    tap.test("the client shows intervals", || {
        let text = client(&["wss", "1", "--interval", "0.1", "--rounds", "3"])?;
        match text.lines().count() {
            4 => Ok(text),
            _ => Err(text),
        }
    });
    tap.test("the client writes JSON lines", || {
        let text = client(&["wss", "1", "--interval", "0.1", "--rounds", "3", "--json"])?;
        let whole = |line: &str| line.starts_with('{') && line.ends_with('}');
        let good = text.lines().count() == 3
            && text.lines().all(whole)
            && text.contains("\"round\":3")
            && text.contains(&format!("\"means\":\"{means}\""));
        match good {
            true => Ok(""),
            false => Err(text),
        }
    });
    tap.test("the client says that idle pages are not flushed", || {
        let args = ["wss", "1", "--by", "idle-pages", "--flush"];
        client_fails(&args, 2, "leave out --flush")
    });
    tap.test("the client ends well at Ctrl-C", || {
        let (text, status) = meanwhile(&["wss", "1", "--interval", "0.1"], |pid| {
            kill(pid, Signal::SIGINT).expect("it runs");
        })?;
        match status {
            Some(0) => Ok(text),
            _ => Err(format!("{text}{status:?}")),
        }
    });
    tap.test("the process exits meanwhile", || {
        let mut subject = Subject::spawn(&["few"])?;
        let pid = subject.pid().to_string();
        let args = ["wss", &pid, "--interval", "0.1", "--json"];
        let (text, status) = meanwhile(&args, |_| subject.kill())?;
        let last = text.lines().last().unwrap_or_default();
        let good = last.starts_with('{')
            && last.ends_with('}')
            && last.contains("\"error\":\"exited\"")
            && status == Some(2);
        match good {
            true => Ok(last.to_string()),
            false => Err(format!("{text}{status:?}")),
        }
    });
}

/// Runs the client, and does something after its first line. Returns what it prints, and its exit
/// code.
fn meanwhile(args: &[&str], act: impl FnOnce(Pid)) -> Result<(String, Option<i32>), Failure> {
    let mut child = Command::new("/bin/mmscope")
        .args(args)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|err| format!("/bin/mmscope: {err}"))?;
    let mut stdout = BufReader::new(child.stdout.take().expect("it is a pipe"));
    let mut text = String::new();
    let _ = stdout.read_line(&mut text);
    act(Pid::from_raw(child.id() as i32));
    let _ = stdout.read_to_string(&mut text);
    let status = child.wait().map_err(|err| err.to_string())?;
    Ok((text, status.code()))
}

/// A kernel without any means.
pub fn without_means(tap: &mut Tap) {
    tap.test(
        "the client says that there is no means, and what to do",
        || {
            let json = client_fails(&["wss", "1", "--json"], 2, "\"error\":\"no-means\"")?;
            let text = client_fails(&["wss", "1"], 2, "CONFIG_IDLE_PAGE_TRACKING")?;
            Ok(json + &text)
        },
    );
}
