// SPDX-License-Identifier: GPL-2.0-only

//! What the guards cost, in instructions: beside the same in C (`tests/bench`), and beside what the
//! kernel has for user space.
//!
//! The machine must count one cycle of the time stamp counter for each instruction, as QEMU does
//! with `-icount shift=0`.

use crate::{load_test, set_if_there, small_pages};
use mmguard_vm::{
    tap::{note, Failure, Tap},
    PAGE,
};
use nix::{errno::Errno, libc, request_code_readwrite};
use std::{
    arch::x86_64::_rdtsc,
    fmt::Write,
    fs::File,
    io::Error,
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
    ptr::null_mut,
};

#[path = "../../../../bench/uapi.rs"]
mod uapi;
use uapi::{Counts, Repeat, Scan, GUARDS, IOCTL_TYPE, KERNEL_MM, TWIN};

const SCAN: u64 = request_code_readwrite!(IOCTL_TYPE, uapi::SCAN, size_of::<Scan>());
const REPEAT: u64 = request_code_readwrite!(IOCTL_TYPE, uapi::REPEAT, size_of::<Repeat>());
const PAGEMAP_SCAN: u64 = request_code_readwrite!(b'f', 16, size_of::<PagemapScan>());
const UFFDIO_API: u64 = request_code_readwrite!(0xaa, 0x3f, size_of::<[u64; 3]>());
const UFFDIO_REGISTER: u64 = request_code_readwrite!(0xaa, 0, size_of::<[u64; 4]>());

/// `struct pm_scan_arg`.
#[repr(C)]
#[derive(Default)]
struct PagemapScan {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    vec: u64,
    vec_len: u64,
    max_pages: u64,
    category_inverted: u64,
    category_mask: u64,
    category_anyof_mask: u64,
    return_mask: u64,
}

/// `struct page_region`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Region {
    start: u64,
    end: u64,
    categories: u64,
}

const PAGE_IS_WRITTEN: u64 = 1 << 1;
const PAGE_IS_PRESENT: u64 = 1 << 3;

/// What a PTE table maps.
const TABLE: usize = 512 * PAGE;
/// What is scanned to see what it costs.
const LARGE: usize = 1 << 30;
/// How many times everything is measured.
const RUNS: usize = 10;
/// How many times an operation is done in a run.
const TIMES: u32 = 1000;

/// The operations, and whether `kernel::mm` has them.
const OPERATIONS: [(u32, &str, bool); 5] = [
    (uapi::VMA_READ, "VMA read lock, unlock", true),
    (uapi::MMAP_READ, "mmap read lock, look-up, unlock", true),
    (uapi::STABILISE, "VMA or mmap lock, unlock", false),
    (uapi::PMD_ENTRY, "walk to a PMD entry", false),
    (uapi::LOCK_PTE_TABLE, "PTE table lock, unlock", false),
];

pub fn tests(tap: &mut Tap) {
    load_test(tap, "mmguard_bench", c"");
    tap.test("nothing changes pages unasked", unasked);
    tap.test("all see what there is in a mixed range", mixed);
    let mut scans = Vec::new();
    tap.test("all see what there is in 1 GiB of pages", || {
        scans = measure_scans()?;
        Ok("")
    });
    let mut operations = Vec::new();
    tap.test("the operations do the same", || {
        operations = measure_operations()?;
        Ok("")
    });
    tap.test("the faults do the same", || {
        operations.push(measure_faults()?);
        Ok("")
    });
    print_table(&scans, &operations);
    print_json(&scans, &operations);
}

/// Switches off what changes the page tables of a process that does nothing: huge pages, and those
/// who look at accessed bits and clear them. Reclaim does too, and is kept away by [`Area::lock`].
fn unasked() -> Result<&'static str, Failure> {
    small_pages()?;
    set_if_there("/proc/sys/kernel/numa_balancing", "0")?;
    set_if_there("/sys/module/damon_stat/parameters/enabled", "N")?;
    Ok("")
}

/// What runs of the same took, in instructions.
struct Cost {
    min: u64,
    max: u64,
    /// How many runs took the minimum.
    equal: usize,
}

impl Cost {
    /// Measures a function, that returns what it took.
    ///
    /// It is begun just after a tick of the timer, so that the next one is far away.
    fn of(mut run: impl FnMut() -> Result<u64, Failure>) -> Result<Self, Failure> {
        let mut runs = [0; RUNS];
        for cost in &mut runs {
            wait_for_tick();
            *cost = run()?;
        }
        let min = *runs.iter().min().expect("there are runs");
        Ok(Self {
            min,
            max: *runs.iter().max().expect("there are runs"),
            equal: runs.iter().filter(|&&cost| cost == min).count(),
        })
    }
}

/// A way to scan, and what it took.
type ScanCost = (&'static str, &'static str, Cost);
/// An operation, and what it took by the guards, in C, and by `kernel::mm`.
type OperationCost = (&'static str, Cost, Cost, Option<Cost>);

fn tsc() -> u64 {
    // SAFETY: Every x86-64 processor has this instruction.
    unsafe { _rdtsc() }
}

/// Waits until this process was interrupted.
fn wait_for_tick() {
    let mut last = tsc();
    loop {
        let now = tsc();
        if now - last > 500 {
            return;
        }
        last = now;
    }
}

/// A VMA that begins and ends with a PTE table.
struct Area {
    addr: usize,
    len: usize,
}

impl Area {
    fn new(len: usize) -> Self {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        let rw = libc::PROT_READ | libc::PROT_WRITE;
        // Its neighbours cannot be merged with it.
        // SAFETY: It maps over nothing, and then over a part of what it mapped.
        unsafe {
            let around = libc::mmap(null_mut(), len + 3 * TABLE, libc::PROT_NONE, flags, -1, 0);
            assert_ne!(around, libc::MAP_FAILED);
            let addr = (around as usize + TABLE).next_multiple_of(TABLE);
            let fixed = flags | libc::MAP_FIXED;
            let map = libc::mmap(addr as *mut _, len, rw, fixed, -1, 0);
            assert_eq!(map as usize, addr);
            Self { addr, len }
        }
    }

    /// A mapping of the pages of the device from `pgoff` on. It has no PTE table for itself, so
    /// that none goes with its pages.
    fn of_device(file: &File, pgoff: usize) -> Result<Self, Failure> {
        let len = uapi::FAULT_PAGES * PAGE;
        let around = Self::new(2 * TABLE);
        let addr = around.addr + (around.len - len) / 2 / PAGE * PAGE;
        let flags = libc::MAP_SHARED | libc::MAP_FIXED;
        let offset = (pgoff * PAGE) as i64;
        // SAFETY: Nothing uses what it maps over.
        let map = unsafe {
            libc::mmap(
                addr as *mut _,
                len,
                libc::PROT_READ,
                flags,
                file.as_raw_fd(),
                offset,
            )
        };
        if map == libc::MAP_FAILED {
            return Err(format!("mmap of the device: {}", Errno::last()));
        }
        Ok(Self { addr, len })
    }

    /// Unmaps the pages, and keeps the mapping.
    fn drop_pages(&self) -> Result<(), Failure> {
        // SAFETY: The area is mapped, and nobody needs what it contains.
        let result = unsafe { libc::madvise(self.addr as *mut _, self.len, libc::MADV_DONTNEED) };
        Errno::result(result).map_err(|err| format!("MADV_DONTNEED: {err}"))?;
        Ok(())
    }

    /// Keeps reclaim, MGLRU's too, from looking at the accessed bits of its pages and clearing them.
    fn lock(&self) -> Result<(), Failure> {
        // SAFETY: The area is mapped, and keeps what it contains.
        let result = unsafe { libc::mlock2(self.addr as *const _, self.len, libc::MLOCK_ONFAULT) };
        Errno::result(result).map_err(|err| format!("mlock2: {err}"))?;
        Ok(())
    }

    fn page(&self, index: usize) -> *mut u8 {
        assert!(index < self.len / PAGE);
        (self.addr + index * PAGE) as *mut u8
    }

    fn write(&self, index: usize) {
        // SAFETY: The page is in the mapping.
        unsafe { self.page(index).write_volatile(1) };
    }

    fn read(&self, index: usize) {
        // SAFETY: The page is in the mapping.
        unsafe { self.page(index).read_volatile() };
    }

    fn make_cold(&self, index: usize) -> Result<(), Failure> {
        // SAFETY: The page is in the mapping, and keeps what it contains.
        let result = unsafe { libc::madvise(self.page(index).cast(), PAGE, libc::MADV_COLD) };
        Errno::result(result).map_err(|err| format!("MADV_COLD: {err}"))?;
        Ok(())
    }
}

struct Bench(File);

impl Bench {
    fn open() -> Result<Self, Failure> {
        let path = "/dev/mmguard-bench";
        let file = File::open(path).map_err(|err| format!("{path}: {err}"))?;
        Ok(Self(file))
    }

    fn scan(&self, area: &Area, who: u32) -> Result<(Counts, u64), Failure> {
        let mut scan = Scan {
            addr: area.addr as u64,
            who,
            ..Scan::default()
        };
        // SAFETY: The ioctl reads and writes a `Scan`.
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), SCAN as _, &mut scan) };
        Errno::result(result).map_err(|err| format!("scan, {who}: {err}"))?;
        Ok((scan.counts, scan.cycles))
    }

    fn repeat(&self, area: &Area, operation: u32, who: u32) -> Result<(u64, u64), Failure> {
        let mut repeat = Repeat {
            addr: area.addr as u64,
            times: TIMES,
            operation,
            who,
            ..Repeat::default()
        };
        // SAFETY: The ioctl reads and writes a `Repeat`.
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), REPEAT as _, &mut repeat) };
        Errno::result(result).map_err(|err| format!("operation {operation}, {who}: {err}"))?;
        Ok((repeat.sum, repeat.cycles))
    }
}

/// Asks the kernel for the pages of a category. Returns their number, and what that took.
fn pagemap_scan(
    file: &File,
    area: &Area,
    category: u64,
    regions: &mut [Region],
) -> Result<(u64, u64), Failure> {
    let mut scan = PagemapScan {
        size: size_of::<PagemapScan>() as u64,
        start: area.addr as u64,
        end: (area.addr + area.len) as u64,
        vec: regions.as_mut_ptr() as u64,
        vec_len: regions.len() as u64,
        category_mask: category,
        return_mask: category,
        ..PagemapScan::default()
    };
    let begin = tsc();
    // SAFETY: The ioctl reads and writes a `PagemapScan`, and writes regions to the vector.
    let count = unsafe { libc::ioctl(file.as_raw_fd(), PAGEMAP_SCAN as _, &mut scan) };
    let cycles = tsc() - begin;
    let count = Errno::result(count).map_err(|err| format!("PAGEMAP_SCAN: {err}"))?;
    if scan.walk_end != scan.end {
        return Err("PAGEMAP_SCAN: too many regions".into());
    }
    let pages = regions[..count as usize]
        .iter()
        .map(|region| (region.end - region.start) / PAGE as u64)
        .sum();
    Ok((pages, cycles))
}

/// Has the kernel track which pages of an area are written, until the result is dropped.
fn track_writes(area: &Area) -> Result<OwnedFd, Failure> {
    const API: u64 = 0xaa;
    const WP_UNPOPULATED: u64 = 1 << 13;
    const WP_ASYNC: u64 = 1 << 15;
    const MODE_WP: u64 = 1 << 1;
    let failure = |what| move || format!("{what}: {}", Error::last_os_error());
    // SAFETY: The ioctls read and write what they are given.
    unsafe {
        let fd = libc::syscall(libc::SYS_userfaultfd, libc::O_CLOEXEC);
        if fd < 0 {
            return Err(failure("userfaultfd")());
        }
        let fd = OwnedFd::from_raw_fd(fd as i32);
        let mut api = [API, WP_UNPOPULATED | WP_ASYNC, 0];
        if libc::ioctl(fd.as_raw_fd(), UFFDIO_API as _, &mut api) != 0 {
            return Err(failure("UFFDIO_API")());
        }
        let mut range = [area.addr as u64, area.len as u64, MODE_WP, 0];
        if libc::ioctl(fd.as_raw_fd(), UFFDIO_REGISTER as _, &mut range) != 0 {
            return Err(failure("UFFDIO_REGISTER")());
        }
        Ok(fd)
    }
}

fn open_pagemap() -> Result<File, Failure> {
    File::open("/proc/self/pagemap").map_err(|err| format!("/proc/self/pagemap: {err}"))
}

fn expect<T: PartialEq + std::fmt::Debug>(who: &str, seen: T, there: T) -> Result<(), Failure> {
    if seen == there {
        return Ok(());
    }
    Err(format!("{who}: {seen:?}, not {there:?}"))
}

/// A range that has each kind of page a different number of times, and ends without a PTE table.
fn mixed() -> Result<String, Failure> {
    let area = Area::new(4 * TABLE);
    let pages = 3 * TABLE / PAGE;
    for i in 0..pages {
        match i % 8 {
            0 => {}
            1 | 2 => area.read(i),
            3 => {
                area.write(i);
                area.make_cold(i)?;
            }
            _ => area.write(i),
        }
    }
    // Not before this, as MADV_COLD is not for locked pages.
    area.lock()?;
    let eighth = pages as u64 / 8;
    let there = Counts {
        present: 7 * eighth,
        young: 6 * eighth,
        dirty: 5 * eighth,
        none: eighth,
    };

    let bench = Bench::open()?;
    expect("guards", bench.scan(&area, GUARDS)?.0, there)?;
    expect("twin", bench.scan(&area, TWIN)?.0, there)?;
    let mut regions = vec![Region::default(); pages];
    let (present, _) = pagemap_scan(&open_pagemap()?, &area, PAGE_IS_PRESENT, &mut regions)?;
    expect("PAGEMAP_SCAN", present, there.present)?;
    Ok(format!("{there:?}"))
}

/// A large range of pages that were written.
fn large() -> Result<Area, Failure> {
    let area = Area::new(LARGE);
    area.lock()?;
    for i in 0..LARGE / PAGE {
        area.write(i);
    }
    Ok(area)
}

fn measure_scans() -> Result<Vec<ScanCost>, Failure> {
    let area = large()?;
    note("1 GiB is mapped");
    let pages = (LARGE / PAGE) as u64;
    let there = Counts {
        present: pages,
        young: pages,
        dirty: pages,
        none: 0,
    };

    let bench = Bench::open()?;
    let pagemap = open_pagemap()?;
    let mut costs = Vec::new();
    for (who, name, says) in [
        (GUARDS, "guards", "Rust, through the guards"),
        (TWIN, "c", "C, without them"),
    ] {
        let cost = Cost::of(|| {
            let (counts, cycles) = bench.scan(&area, who)?;
            expect(name, counts, there)?;
            Ok(cycles)
        })?;
        note(format_args!("measured: {says}"));
        costs.push((name, says, cost));
    }

    let mut scan = |name, says, category| {
        let cost = Cost::of(|| {
            let (seen, cycles) = pagemap_scan(&pagemap, &area, category, &mut [Region::default()])?;
            expect(name, seen, pages)?;
            Ok(cycles)
        })?;
        note(format_args!("measured: {says}"));
        costs.push((name, says, cost));
        Ok::<_, Failure>(())
    };
    scan(
        "pagemap_scan_present",
        "PAGEMAP_SCAN, pages that are present",
        PAGE_IS_PRESENT,
    )?;
    let tracked = track_writes(&area)?;
    scan(
        "pagemap_scan_written",
        "PAGEMAP_SCAN, pages that were written",
        PAGE_IS_WRITTEN,
    )?;
    drop(tracked);
    Ok(costs)
}

fn measure_operations() -> Result<Vec<OperationCost>, Failure> {
    let area = Area::new(4 * TABLE);
    for i in 0..area.len / PAGE {
        area.write(i);
    }
    let bench = Bench::open()?;
    let mut costs = Vec::new();
    for (operation, says, in_kernel_mm) in OPERATIONS {
        let (sum, _) = bench.repeat(&area, operation, TWIN)?;
        let cost = |who| {
            Cost::of(|| {
                let (seen, cycles) = bench.repeat(&area, operation, who)?;
                expect(says, seen, sum)?;
                Ok(cycles)
            })
        };
        let kernel_mm = in_kernel_mm.then(|| cost(KERNEL_MM)).transpose()?;
        costs.push((says, cost(GUARDS)?, cost(TWIN)?, kernel_mm));
        note(format_args!("measured: {says}"));
    }
    Ok(costs)
}

/// Faults on pages, of a mapping of the device by the guards, and of one by the twin.
fn measure_faults() -> Result<OperationCost, Failure> {
    let bench = Bench::open()?;
    let pagemap = open_pagemap()?;
    let cost = |who, pgoff| {
        let area = Area::of_device(&bench.0, pgoff)?;
        let present = |there| {
            let region = &mut [Region::default()];
            let (present, _) = pagemap_scan(&pagemap, &area, PAGE_IS_PRESENT, region)?;
            expect("pages that are mapped", present, there)
        };
        // Once, so that there are tables.
        bench.repeat(&area, uapi::FAULT, who)?;
        Cost::of(|| {
            area.drop_pages()?;
            present(0)?;
            let (_, cycles) = bench.repeat(&area, uapi::FAULT, who)?;
            present(TIMES.into())?;
            Ok(cycles)
        })
    };
    let cost = (
        "fault on a page",
        cost(GUARDS, 0)?,
        cost(TWIN, uapi::FAULT_PAGES)?,
        None,
    );
    note("measured: fault on a page");
    Ok(cost)
}

fn per(cost: &Cost, of: u64) -> f64 {
    cost.min as f64 / of as f64
}

fn per_time(cost: &Cost) -> f64 {
    per(cost, TIMES.into())
}

fn print_table(scans: &[ScanCost], operations: &[OperationCost]) {
    let entries = (LARGE / PAGE) as u64;
    println!(
        "\n{:<38} {:>9} {:>12} {:>9} {:>8}",
        format!("Scan of {entries} entries"),
        "per entry",
        "instructions",
        "at most",
        "exact in"
    );
    for (_, says, cost) in scans {
        println!(
            "{says:<38} {:>9.2} {:>12} {:>9} {:>5}/{RUNS}",
            per(cost, entries),
            cost.min,
            cost.max,
            cost.equal
        );
    }
    println!(
        "\n{:<38} {:>9} {:>9} {:>11}",
        "Instructions per operation", "guards", "C", "kernel::mm"
    );
    for (says, guards, twin, kernel_mm) in operations {
        let kernel_mm = kernel_mm
            .as_ref()
            .map_or("-".into(), |cost| format!("{:.1}", per_time(cost)));
        println!(
            "{says:<38} {:>9.1} {:>9.1} {kernel_mm:>11}",
            per_time(guards),
            per_time(twin)
        );
    }
}

/// In one line, for scripts/bench.
fn print_json(scans: &[ScanCost], operations: &[OperationCost]) {
    let entries = (LARGE / PAGE) as u64;
    let mut text = format!("{{\"unit\": \"instructions\", \"runs\": {RUNS}, ");
    let _ = write!(text, "\"entries\": {entries}, \"scans\": [");
    for (i, (name, _, cost)) in scans.iter().enumerate() {
        let _ = write!(
            text,
            "{}{{\"name\": \"{name}\", \"per_entry\": {:.4}, \"min\": {}, \"max\": {}, \"runs_at_min\": {}}}",
            if i == 0 { "" } else { ", " },
            per(cost, entries),
            cost.min,
            cost.max,
            cost.equal
        );
    }
    text += "], \"operations\": [";
    for (i, (says, guards, twin, kernel_mm)) in operations.iter().enumerate() {
        let _ = write!(
            text,
            "{}{{\"name\": \"{says}\", \"guards\": {:.3}, \"c\": {:.3}, \"kernel_mm\": {}}}",
            if i == 0 { "" } else { ", " },
            per_time(guards),
            per_time(twin),
            kernel_mm
                .as_ref()
                .map_or("null".into(), |cost| format!("{:.3}", per_time(cost)))
        );
    }
    println!("bench.json: {text}]}}");
}
