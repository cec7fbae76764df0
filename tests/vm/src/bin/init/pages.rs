// SPDX-License-Identifier: GPL-2.0-only

//! What `mmscope pages` says, against `pagemap` and `smaps`, and against what the pages were made
//! for.

use crate::{
    client, client_fails,
    device::{expect, Map, BEYOND, KERNEL},
    load_test,
    subject::{as_user, Subject},
    times,
};
use mmguard_vm::{
    pages::{parse, LEN},
    tap::{text, Failure, Progress, Tap},
    PAGE,
};
use mmscope::{
    check_pages::{compare_pages, describe, CHUNK},
    device::{Device, PAGES},
    pages::{Stretch, PAGE_SIZE},
    uapi::*,
};
use nix::{errno::Errno, libc};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    os::{fd::OwnedFd, unix::fs::FileExt},
};

/// Where the pages are swapped to.
const SWAP: &str = "/dev/ram0";
const COUNTERS: &str = "/tmp/changing";

pub fn tests(tap: &mut Tap) {
    load_test(tap, "mmscope", c"");
    tap.test("there is room to swap to", swap_on);
    let mut subject = None;
    tap.test("a process has pages of every kind", || {
        let kinds = Subject::spawn(&["kinds"])?;
        kinds.stop();
        subject = Some(kinds);
        Ok("")
    });
    let Some(subject) = subject else { return };
    tap.test("each page is what it was made for", || made_for(&subject));
    tap.test(
        "page for page as pagemap says, and in sums as smaps",
        || as_proc_says(&subject),
    );
    tap.test("a few pages per call: the same", || few_per_call(&subject));
    client_tests(tap, &subject);
    tap.test(
        "young is what was accessed, and dirty what was written",
        || young_and_dirty(&subject),
    );
    bad_inputs(tap, &subject);
    drop(subject);
    tap.test("a process that changes its pages meanwhile", changing);
}

/// Makes the place to swap to, and uses it.
fn swap_on() -> Result<String, Failure> {
    let mut options = File::options();
    let device = options.write(true).open(SWAP).map_err(text)?;
    let size = {
        let blocks = fs::read_to_string("/sys/block/ram0/size").map_err(text)?;
        blocks.trim().parse::<u64>().map_err(text)? * 512
    };
    // The header: a version, and the last page; and at its end what it is.
    let mut header = vec![0; PAGE];
    header[1024..1028].copy_from_slice(&1_u32.to_ne_bytes());
    header[1028..1032].copy_from_slice(&(size as u32 / PAGE as u32 - 1).to_ne_bytes());
    header[PAGE - 10..].copy_from_slice(b"SWAPSPACE2");
    device.write_all_at(&header, 0).map_err(text)?;
    drop(device);
    // SAFETY: The path is NUL-terminated.
    Errno::result(unsafe { libc::swapon(c"/dev/ram0".as_ptr(), 0) }).map_err(text)?;
    Ok(format!("{} KiB", size / 1024))
}

/// What the states of pages have in common, under a mask, and how many such pages there are.
type Made = (u16, u16, u64);

/// What the pages of each mapping must be, by its name.
const MADE: &[(&str, &[Made])] = {
    const SMALL: u64 = (LEN / PAGE) as u64;
    const HUGE: u64 = 512;
    const CLEAN: u16 = PAGE_KIND | PAGE_DIRTY | PAGE_HUGE | PAGE_SPECIAL | PAGE_ZERO;
    const ALL: u16 = CLEAN | PAGE_YOUNG | PAGE_UFFD | PAGE_GUARD | PAGE_POISON;
    const READ: u16 = PAGE_PRESENT | PAGE_YOUNG;
    const WRITTEN: u16 = READ | PAGE_DIRTY;
    const ZERO: u16 = PAGE_SPECIAL | PAGE_ZERO;
    &[
        ("written", &[(ALL, WRITTEN, SMALL)]),
        ("read", &[(ALL, READ | ZERO, SMALL)]),
        ("untouched", &[(ALL, PAGE_NONE, SMALL)]),
        ("no-table", &[(ALL, PAGE_NONE, 8 * HUGE)]),
        ("span", &[(ALL, WRITTEN, 2 * HUGE)]),
        ("file-read", &[(ALL, READ, SMALL)]),
        ("file-written", &[(ALL, WRITTEN, SMALL)]),
        ("file-shared", &[(ALL, WRITTEN, SMALL)]),
        ("shmem", &[(ALL, WRITTEN, SMALL)]),
        ("swapped", &[(ALL, PAGE_SWAPPED, SMALL)]),
        (
            "swapped-back",
            &[
                (PAGE_KIND | PAGE_YOUNG, READ, SMALL / 2),
                (ALL, PAGE_SWAPPED, SMALL / 2),
            ],
        ),
        ("swapped-shmem", &[(ALL, PAGE_NONE, SMALL)]),
        ("huge", &[(ALL, WRITTEN | PAGE_HUGE, HUGE)]),
        (
            "huge-zero",
            &[(CLEAN, PAGE_PRESENT | PAGE_HUGE | ZERO, HUGE)],
        ),
        ("huge-shmem", &[(ALL, WRITTEN | PAGE_HUGE, HUGE)]),
        ("huge-no-access", &[(ALL, WRITTEN | PAGE_HUGE, HUGE)]),
        ("huge-split", &[(ALL, WRITTEN, HUGE - 2)]),
        ("no-access", &[(ALL, WRITTEN, SMALL)]),
        ("guard", &[(ALL, PAGE_MARKED | PAGE_GUARD, SMALL)]),
        (
            "uffd",
            &[
                (ALL, WRITTEN | PAGE_UFFD, SMALL / 2),
                (ALL, PAGE_MARKED | PAGE_UFFD, SMALL / 2),
            ],
        ),
        (
            "uffd-shmem",
            &[
                (ALL, WRITTEN | PAGE_UFFD, SMALL / 2),
                (ALL, PAGE_MARKED | PAGE_UFFD, SMALL / 2),
            ],
        ),
        ("poison", &[(ALL, PAGE_MARKED | PAGE_POISON, SMALL)]),
        ("hugetlb", &[(ALL, PAGE_UNINSPECTED, HUGE)]),
        (
            "pfnmap",
            &[(PAGE_KIND | PAGE_SPECIAL, PAGE_PRESENT | PAGE_SPECIAL, SMALL)],
        ),
        (
            "pfnmap-written",
            &[
                (ALL, WRITTEN, SMALL / 2),
                (
                    PAGE_KIND | PAGE_SPECIAL,
                    PAGE_PRESENT | PAGE_SPECIAL,
                    SMALL / 2,
                ),
            ],
        ),
    ]
};

/// The states of the pages from `start` on.
fn states(stretches: &[Stretch], start: u64, len: u64) -> Vec<u16> {
    let mut states = Vec::new();
    for stretch in stretches {
        let from = stretch.start.max(start);
        let end = stretch.end.min(start + len);
        let index = |addr: u64| ((addr - stretch.start) / PAGE_SIZE) as usize;
        if from < end {
            states.extend((index(from)..index(end)).map(|i| stretch.state(i)));
        }
    }
    states
}

/// Reads the states of all pages.
fn all_states(device: &Device, chunk: usize) -> Result<Vec<Stretch>, Failure> {
    device.pages(PAGES_STATES, chunk).map_err(text)
}

fn made_for(subject: &Subject) -> Result<String, Failure> {
    let stretches = all_states(&subject.device()?, CHUNK)?;
    let said = parse(&subject.said).ok_or("what the subject said")?;
    let mut wrong = String::new();
    for (name, start, len) in &said {
        let states = states(&stretches, *start, *len);
        let Some((_, made)) = MADE.iter().find(|(made, _)| made == name) else {
            return Err(format!("{name} is not known"));
        };
        let all: u64 = made.iter().map(|(_, _, pages)| pages).sum();
        let right = made.iter().all(|(mask, state, pages)| {
            states
                .iter()
                .filter(|found| *found & mask == *state)
                .count() as u64
                == *pages
        });
        if !right || states.len() as u64 != all {
            let mut found = BTreeMap::<u16, usize>::new();
            for state in states {
                *found.entry(state).or_default() += 1;
            }
            for (state, pages) in found {
                wrong += &format!("{name}: {pages} pages are {}\n", describe(state));
            }
        }
    }
    if said.len() != MADE.len() {
        wrong += "a mapping is missing\n";
    }
    match wrong.is_empty() {
        true => Ok(format!("{} mappings", said.len())),
        false => Err(wrong),
    }
}

/// What must have been seen of a process with pages of every kind.
///
/// Pages that migrate, fail, or are with a device take hardware or luck, and are not made here.
const SEEN: [u16; 13] = [
    PAGE_NONE,
    PAGE_PRESENT,
    PAGE_SWAPPED,
    PAGE_MARKED,
    PAGE_UNINSPECTED,
    PAGE_YOUNG,
    PAGE_DIRTY,
    PAGE_HUGE,
    PAGE_SPECIAL,
    PAGE_ZERO,
    PAGE_UFFD,
    PAGE_GUARD,
    PAGE_POISON,
];

/// The differences that there must be.
const KNOWN: [&str; 6] = [
    "guard",
    "hugetlb",
    "pfnmap",
    "poison",
    "shmem-swap",
    "uffd-marker",
];

fn as_proc_says(subject: &Subject) -> Result<String, Failure> {
    let device = subject.device()?;
    let comparison = compare_pages(&device, subject.pid(), CHUNK).map_err(text)?;
    if comparison.differing > 0 {
        return Err(comparison.differences.join("\n"));
    }
    let counts = comparison.counts;
    for what in SEEN {
        if counts.of(what) == 0 {
            return Err(format!("no page is {}", describe(what)));
        }
    }
    for difference in KNOWN {
        if !comparison.known.contains_key(difference) {
            return Err(format!("no difference is {difference}"));
        }
    }
    if comparison.frames == 0 {
        return Err("no page frames".into());
    }
    let seen: Vec<_> = counts
        .named()
        .map(|(name, pages)| format!("{name} {pages}"))
        .collect();
    Ok(format!(
        "{} pages of {} VMAs: {}\nknown differences: {:?}",
        comparison.pages,
        comparison.vmas,
        seen.join(", "),
        comparison.known
    ))
}

/// The states and page frames of all pages, however they were read.
fn flat(stretches: &[Stretch]) -> Vec<(u64, u16, Option<u64>)> {
    let mut pages = Vec::new();
    for stretch in stretches {
        for i in 0..stretch.pages() as usize {
            let addr = stretch.start + i as u64 * PAGE_SIZE;
            let pfn = stretch.pfns.get(i).copied();
            // Without tables there are no page frames.
            pages.push((addr, stretch.state(i), pfn.filter(|pfn| *pfn > 0)));
        }
    }
    pages
}

fn few_per_call(subject: &Subject) -> Result<String, Failure> {
    let device = subject.device()?;
    for flags in [PAGES_STATES, PAGES_PFNS, PAGES_STATES | PAGES_PFNS] {
        let all = flat(&device.pages(flags, CHUNK).map_err(text)?);
        if all.iter().any(|(_, _, pfn)| pfn.is_some()) != (flags & PAGES_PFNS != 0) {
            return Err(format!("page frames with the flags {flags}"));
        }
        // One page, some, and many.
        for more in [16, 200, 5000] {
            let few = device
                .pages(flags, size_of::<PageRow>() + more)
                .map_err(text)?;
            if flat(&few) != all {
                return Err(format!("other pages with {more} bytes for them"));
            }
        }
    }
    let sum = |flags, chunk| -> Result<PageCounts, Failure> {
        let mut counts = PageCounts::default();
        for stretch in device.pages(flags, chunk).map_err(text)? {
            counts.merge(&stretch.counts);
        }
        Ok(counts)
    };
    let counts = sum(PAGES_STATES, CHUNK)?;
    if sum(0, CHUNK)? != counts || sum(0, size_of::<PageRow>())? != counts {
        return Err("other counts without states".into());
    }
    Ok(format!("{} pages", counts.pages()))
}

/// Forgets what was accessed, which `smaps` then says too, and what was written stays.
fn young_and_dirty(subject: &Subject) -> Result<String, Failure> {
    let device = subject.device()?;
    let before = all_states(&device, CHUNK)?;
    fs::write(format!("/proc/{}/clear_refs", subject.pid()), "1").map_err(text)?;
    let after = all_states(&device, CHUNK)?;
    let mut cleared = 0;
    for (name, start, len) in parse(&subject.said).ok_or("what the subject said")? {
        for (before, after) in states(&before, start, len)
            .iter()
            .zip(states(&after, start, len))
        {
            // Pages that are not counted keep theirs, but for the huge zero page in Linux 7.2.
            // So do all of a map of page frames, which is not looked into.
            let forgets = before & PAGE_SPECIAL == 0 && name != "pfnmap-written";
            let may_forget = forgets || before & PAGE_HUGE != 0;
            if (forgets || after != *before) && (!may_forget || after != before & !PAGE_YOUNG) {
                let (before, after) = (describe(*before), describe(after));
                return Err(format!("{name}: {before} became {after}"));
            }
            cleared += usize::from(forgets && before & PAGE_YOUNG != 0);
        }
    }
    let comparison = compare_pages(&device, subject.pid(), CHUNK).map_err(text)?;
    let referenced = comparison.known.get("referenced");
    if comparison.differing > 0 || referenced.is_some() {
        return Err(format!("{:?}, {referenced:?}", comparison.differences));
    }
    Ok(format!("{cleared} pages were young"))
}

fn client_tests(tap: &mut Tap, subject: &Subject) {
    let pid = subject.pid().to_string();
    tap.test("the client shows the pages of a live process", || {
        let shown = client(&["pages", &pid])?;
        println!("\nmmscope pages {pid}\n{shown}");
        let last = shown.lines().last().unwrap_or("");
        match last.starts_with("all ") && shown.contains("[stack]") {
            true => Ok(""),
            false => Err(shown),
        }
    });
    tap.test("the client writes JSON of the pages", || {
        let shown = client(&["pages", &pid, "--json"])?;
        match shown.contains("\"comm\": \"subject\"") && shown.contains("\"guard\": 16") {
            true => Ok(""),
            false => Err(shown),
        }
    });
    tap.test("the client compares: the subject, and PID 1", || {
        Ok([
            client(&["pages", &pid, "--check"])?,
            client(&["pages", "1", "--check"])?,
        ]
        .concat())
    });
    tap.test(
        "the client never takes moving pages for a difference",
        || {
            let changing = Subject::spawn(&["changing", COUNTERS])?;
            let mut matches = 0;
            for _ in 0..5 {
                // It may have stood still for that moment.
                match client(&["pages", &changing.pid().to_string(), "--check"]) {
                    Ok(_) => matches += 1,
                    Err(text) if text.contains("kill -STOP") => {}
                    Err(text) => return Err(text),
                }
            }
            Ok(format!("{matches} of 5 times it matched nevertheless"))
        },
    );
    tap.test(
        "without CAP_SYS_ADMIN an offset that is a page frame is not shown",
        || {
            let said = parse(&subject.said).ok_or("what the subject said")?;
            let of_frames = said.iter().find(|(name, ..)| *name == "pfnmap-written");
            let (_, start, len) = of_frames.ok_or("no private map of frames")?;
            let line = format!("{start:08x}-{:08x} rw-p 000f0000 ", start + len);
            let shown = client(&["maps", &pid])?;
            if !shown.contains(&line) {
                return Err(format!("not shown: {line}\n{shown}"));
            }
            client(&["maps", &pid, "--check"])?;
            let device = OwnedFd::from(subject.device()?);
            match as_user(&["maps-no-sys-admin", &pid], Some(device))? {
                Errno::UnknownErrno => Ok(""),
                err => Err(format!("without: {err}")),
            }
        },
    );
    tap.test("the client says why it cannot look at pages", || {
        Ok([
            client_fails(&["pages", "2"], 2, "kernel thread")?,
            client_fails(&["pages", "4000000"], 2, "no such process")?,
            client_fails(&["pages", "x"], 2, "neither a PID nor `self`")?,
        ]
        .concat())
    });
}

fn pages(device: &Device, from: u64, flags: u32, buf: u64, buf_len: u64) -> Result<Pages, Errno> {
    let mut pages = Pages {
        from,
        buf,
        buf_len,
        flags,
        ..Pages::default()
    };
    // SAFETY: The ioctl reads and writes a `Pages`. `buf` is a buffer that nothing else uses, or
    // an address that nothing is at.
    unsafe { device.ioctl(PAGES, &raw mut pages as usize) }.map(|()| pages)
}

fn bad_inputs(tap: &mut Tap, subject: &Subject) {
    const ROW: u64 = size_of::<PageRow>() as u64;
    tap.test("pages: bad places to begin, and bad flags: EINVAL", || {
        let device = subject.device()?;
        let mut buf = vec![0; PAGE];
        for from in [1, 4095, BEYOND, KERNEL, u64::MAX, u64::MAX - 4095, 1 << 63] {
            let result = device.read_pages(from, 0, &mut buf);
            expect(&format!("{from:#x}"), result, Errno::EINVAL)?;
        }
        for flags in [4, 7, 1 << 31, u32::MAX] {
            let result = device.read_pages(0, flags, &mut buf);
            expect(&format!("flags {flags:#x}"), result, Errno::EINVAL)?;
        }
        Ok("")
    });
    tap.test("pages: short buffers: ENOSPC", || {
        let device = subject.device()?;
        let mut buf = vec![0_u8; PAGE];
        let buf = buf.as_mut_ptr() as u64;
        for (flags, room) in [(0, 0), (PAGES_STATES, 8), (PAGES_PFNS, 16)] {
            for len in [0, 1, ROW - 1, (ROW + room).saturating_sub(1)] {
                let result = pages(&device, 0, flags, buf, len);
                expect(&format!("{len} bytes, {flags}"), result, Errno::ENOSPC)?;
            }
            let one = pages(&device, 0, flags, buf, ROW + room).map_err(text)?;
            if one.rows != 1 || one.end != 0 || one.buf_len > ROW + room {
                return Err(format!("room for one: {one:?}"));
            }
        }
        Ok("")
    });
    tap.test("pages: bad pointers: EFAULT", || {
        let device = subject.device()?;
        let guard = Map::new(2 * PAGE);
        guard.protect(PAGE, PAGE, libc::PROT_NONE);
        for addr in [
            0,
            8,
            KERNEL,
            u64::MAX - 7,
            BEYOND - 8,
            guard.0 as u64 + PAGE as u64,
        ] {
            // SAFETY: Nothing is at the address.
            let result = unsafe { device.ioctl(PAGES, addr as usize) };
            expect(&format!("argument {addr:#x}"), result, Errno::EFAULT)?;
            let result = pages(&device, 0, PAGES_STATES, addr, 1 << 16);
            expect(&format!("buffer {addr:#x}"), result, Errno::EFAULT)?;
        }
        let result = pages(&device, 0, PAGES_STATES, guard.0 as u64, 1 << 16);
        expect("bad in the middle", result, Errno::EFAULT)?;
        Ok("")
    });
    tap.test(
        "pages: nothing attached: ENXIO; a dead process: ESRCH",
        || {
            let mut buf = vec![0; PAGE];
            let device = Device::open().map_err(text)?;
            expect("nothing", device.read_pages(0, 0, &mut buf), Errno::ENXIO)?;
            let mut dead = Subject::spawn(&["few"])?;
            let device = dead.device()?;
            dead.kill();
            expect("a zombie", device.read_pages(0, 0, &mut buf), Errno::ESRCH)?;
            drop(dead);
            expect("dead", device.read_pages(0, 0, &mut buf), Errno::ESRCH)?;
            Ok("")
        },
    );
    tap.test(
        "pages: without CAP_SYS_ADMIN no page frames: EPERM; without CAP_SYS_PTRACE nothing",
        || {
            let device = || subject.device().map(OwnedFd::from).map(Some);
            match as_user(&["pages-no-sys-admin"], device()?)? {
                Errno::EPERM => {}
                err => return Err(format!("page frames: {err}")),
            }
            match as_user(&["pages-no-capability"], device()?)? {
                Errno::EPERM => Ok(""),
                err => Err(format!("states: {err}")),
            }
        },
    );
}

/// Reads a process in every way while a thread of it changes its pages.
fn changing() -> Result<String, Failure> {
    const READS: u64 = 300;
    const MIN_ROUNDS: u64 = 10;

    let mut subject = Subject::spawn(&["changing", COUNTERS])?;
    let said = subject.said.clone();
    let said = parse(&said).ok_or("what the subject said")?;
    let (staying, window) = (said[0], said[1]);
    let counters = File::open(COUNTERS).map_err(text)?;
    let rounds = || {
        let mut bytes = [0; 8];
        counters
            .read_exact_at(&mut bytes, 0)
            .expect("it is a page long");
        u64::from_ne_bytes(bytes)
    };
    let device = subject.device()?;
    let first = rounds();
    let (reads, min_rounds) = (READS * times(), MIN_ROUNDS * times());
    let mut progress = Progress::new("reads", reads);
    let mut seen = PageCounts::default();
    let mut fallbacks = 0;
    let mut read = 0;
    while read < reads || rounds() - first < min_rounds {
        progress.at(read);
        let chunk = [CHUNK, PAGE, 700][(read % 3) as usize];
        let flags = [PAGES_STATES, PAGES_STATES | PAGES_PFNS, 0][(read / 3 % 3) as usize];
        // The numbers, and that no page comes twice, are checked there.
        let stretches = device
            .pages(flags, chunk)
            .map_err(|err| format!("{read}: {err}"))?;
        fallbacks += stretches
            .iter()
            .filter(|stretch| stretch.mmap_locked)
            .count();
        let of = |(_, start, len): (&str, u64, u64)| -> PageCounts {
            let mut counts = PageCounts::default();
            for stretch in &stretches {
                if flags != 0 && stretch.start < start + len && stretch.end > start {
                    for state in states(std::slice::from_ref(stretch), start, len) {
                        counts.add(state, 1);
                    }
                }
            }
            counts
        };
        let stay = of(staying);
        if flags != 0 && stay.of(PAGE_DIRTY) != (LEN / PAGE) as u64 {
            return Err(format!("{read}: pages that stay went: {stay:?}"));
        }
        seen.merge(&of(window));
        read += 1;
    }
    let report =
        format!(
        "{read} reads, {} rounds of changes meanwhile; {fallbacks} rows under the mmap lock; seen \
         of what changes: {:?}",
        rounds() - first,
        seen.named().filter(|(_, pages)| *pages > 0).collect::<Vec<_>>()
    );
    if !subject.is_alive() {
        return Err(format!("the process did not live to the end\n{report}"));
    }
    let all = [PAGE_NONE, PAGE_PRESENT, PAGE_MARKED, PAGE_HUGE, PAGE_ZERO];
    match all.into_iter().find(|what| seen.of(*what) == 0) {
        None => Ok(report),
        Some(what) => Err(format!("never seen: {}\n{report}", describe(what))),
    }
}
