// SPDX-License-Identifier: GPL-2.0-only

//! `mmpool demo`: what a process, its child and the kernel see of the same memory.

use crate::{open_object, stats_failure, Failure};
use clap::ValueEnum;
use mmpool::{
    device::Device,
    mapping::{page_size, Mapping},
    uapi::{
        KIND_MIXED, KIND_PAGES, KIND_PAGES_AT_MMAP, KIND_PFNS, KIND_PFNS_AT_MMAP, RING_HEAD,
        RING_SUM, RING_TAIL, SETUP_PURGEABLE,
    },
};
use nix::{
    errno::Errno,
    libc,
    sys::{
        signal::Signal,
        wait::{waitpid, WaitStatus},
    },
    unistd::{fork, ForkResult},
};
use std::{fmt::Debug, fs, io::Write};

/// Maps an object, and shows what its process, a child and the kernel see of it.
#[derive(clap::Args)]
pub struct Args {
    /// What the object maps, and when.
    #[arg(long, default_value = "pages")]
    kind: Kind,
    /// The length of the object.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(2..))]
    pages: u64,
    /// Show a cache as well, and have the kernel free it: by /proc/sys/vm/drop_caches, which frees
    /// caches of the whole machine.
    #[arg(long)]
    purge: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Pages, made on fault.
    Pages,
    /// Page frames, mapped on fault.
    Pfns,
    /// Page frames at even offsets, and pages at odd ones.
    Mixed,
    /// Pages, mapped at mmap.
    PagesAtMmap,
    /// Page frames, mapped at mmap.
    PfnsAtMmap,
}

impl Kind {
    fn number(self) -> u32 {
        match self {
            Self::Pages => KIND_PAGES,
            Self::Pfns => KIND_PFNS,
            Self::Mixed => KIND_MIXED,
            Self::PagesAtMmap => KIND_PAGES_AT_MMAP,
            Self::PfnsAtMmap => KIND_PFNS_AT_MMAP,
        }
    }

    fn is_on_fault(self) -> bool {
        matches!(self, Self::Pages | Self::Pfns | Self::Mixed)
    }
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let device = open_object(args.kind.number(), 0, args.pages)?;
    let mapping = map(&device, args.pages)?;
    println!("{} pages are mapped:", args.pages);
    print!("    {}", line_of_maps(&mapping)?);

    let pages = 0..args.pages;
    for page in pages.clone() {
        mapping.store(at(page), 100 + page as u32);
    }
    let first = |page| device.read_word(at(page) as u64).map_err(read_failure);
    let seen = pages.clone().map(first).collect::<Result<Vec<_>, _>>()?;
    println!("the process writes, and the kernel reads: {seen:?}");
    let written: Vec<_> = pages.clone().map(|page| 100 + page as u32).collect();
    expect("the kernel reads", seen, written)?;

    let wrote = device.write_word(at(1) as u64 + 4, 7);
    wrote.map_err(|err| Failure::errno("cannot write a word", err))?;
    let seen = mapping.load(at(1) + 4);
    println!("the kernel writes 7, and the process reads: {seen}");
    expect("the process reads", seen, 7)?;

    let status = in_child(|| {
        let seen = mapping.load(at(1));
        mapping.store(at(1), seen + 1);
        0
    })?;
    expect("the child ends with", status, Ok(0))?;
    let seen = mapping.load(at(1));
    println!("a child adds 1 to the 101 in the second page, and the process reads: {seen}");
    expect("the process reads", seen, 102)?;

    if args.kind.is_on_fault() {
        take_back(&device, &mapping, args.pages)?;
    } else {
        let refused = device.revoke(0, args.pages);
        expect("a revoke gives", refused, Err(Errno::EOPNOTSUPP))?;
        println!("what is mapped at mmap is not taken back");
    }
    let stats = device.stats().map_err(stats_failure)?;
    println!("{stats:?}\n");
    if args.purge {
        purge(args.pages)?;
    }
    ring()
}

/// Takes the pages back from the process, and then all accesses.
fn take_back(device: &Device, mapping: &Mapping, pages: u64) -> Result<(), Failure> {
    let made = device.revoke(0, pages);
    let made = made.map_err(|err| Failure::errno("cannot take the pages back", err))?;
    let seen: Vec<_> = (0..pages).map(|page| mapping.load(at(page))).collect();
    println!("all is taken back, with {made} pages that were made on fault");
    println!("the process reads: {seen:?}");
    expect("the process reads", seen, vec![0; pages as usize])?;

    let suspended = device.suspend();
    suspended.map_err(|err| Failure::errno("cannot suspend", err))?;
    let status = in_child(|| i32::from(mapping.load(0) != 0))?;
    println!("the object is suspended, and a child that reads gets: {status:?}");
    expect("the child ends with", status, Err(Signal::SIGBUS))?;
    let resumed = device.resume();
    resumed.map_err(|err| Failure::errno("cannot resume", err))?;
    let seen = mapping.load(0);
    println!("it is resumed, and the process reads: {seen}");
    expect("the process reads", seen, 0)
}

/// Fills a cache, which the kernel frees as it does when memory is short.
fn purge(pages: u64) -> Result<(), Failure> {
    let device = open_object(KIND_PAGES, SETUP_PURGEABLE, pages)?;
    let mapping = map(&device, pages)?;
    for page in 0..pages {
        mapping.store(at(page), 1);
    }
    let path = "/proc/sys/vm/drop_caches";
    fs::write(path, "2").map_err(|err| Failure(2, format!("{path}: {err}; run this as root")))?;
    let stats = device.stats().map_err(stats_failure)?;
    let seen: Vec<_> = (0..pages).map(|page| mapping.load(at(page))).collect();
    println!("of a cache, the kernel frees {} pages", stats.shrunk);
    println!("the process reads: {seen:?}\n");
    expect("freed are", stats.shrunk, pages)?;
    expect("the process reads", seen, vec![0; pages as usize])
}

/// Puts entries into a ring, which the kernel takes out.
fn ring() -> Result<(), Failure> {
    let device = open_object(KIND_PAGES_AT_MMAP, 0, 2)?;
    let mapping = map(&device, 2)?;
    println!("a ring of 2 pages is mapped:");
    print!("    {}", line_of_maps(&mapping)?);
    let entries = page_size() as u32 / size_of::<u32>() as u32;
    let mut head = 0_u32;
    let mut sum = 0_u32;
    // The second time, they go over the end.
    for count in [entries - 10, 20] {
        for _ in 0..count {
            mapping.store(at(1) + (head % entries) as usize * size_of::<u32>(), head);
            sum = sum.wrapping_add(head);
            head += 1;
        }
        // The entries are there before it.
        mapping.store(RING_HEAD as usize, head);
        let taken = device.ring();
        let taken = taken.map_err(|err| Failure::errno("cannot have the ring read", err))?;
        let [tail, kernel_sum] = [RING_TAIL, RING_SUM].map(|word| mapping.load(word as usize));
        println!("{count} entries are put in, and the kernel takes {taken}: the tail is {tail}, the sum {kernel_sum}");
        let all = (taken, tail, kernel_sum);
        expect("entries, tail and sum are", all, (count, head, sum))?;
    }
    Ok(())
}

fn map(device: &Device, pages: u64) -> Result<Mapping, Failure> {
    let mapping = Mapping::new(device, pages as usize, true);
    mapping.map_err(|err| Failure::errno("cannot map the object", err))
}

/// Where a page begins, in bytes.
fn at(page: u64) -> usize {
    page as usize * page_size()
}

/// What `/proc` says of a mapping.
fn line_of_maps(mapping: &Mapping) -> Result<String, Failure> {
    let path = "/proc/self/maps";
    let maps = fs::read_to_string(path).map_err(|err| Failure(2, format!("{path}: {err}")))?;
    let start = format!("{:x}-", mapping.start());
    let line = maps.lines().find(|line| line.starts_with(&start));
    line.map(|line| format!("{line}\n"))
        .ok_or_else(|| Failure(1, format!("{path} has no mapping at {start}")))
}

/// Has a child return an exit code. Returns how the child ended: with the code, or by a signal.
fn in_child(f: impl FnOnce() -> i32) -> Result<Result<i32, Signal>, Failure> {
    // What is still to be written would be written twice.
    let _ = std::io::stdout().flush();
    // SAFETY: The process has one thread, so the child may do all that this one may.
    let child = unsafe { fork() }.map_err(|err| Failure::errno("cannot fork", err))?;
    let ForkResult::Parent { child } = child else {
        let code = f();
        // SAFETY: It ends the child, without the destructors that are the parent's to run.
        unsafe { libc::_exit(code) };
    };
    match waitpid(child, None).map_err(|err| Failure::errno("cannot wait for a child", err))? {
        WaitStatus::Exited(_, code) => Ok(Ok(code)),
        WaitStatus::Signaled(_, signal, _) => Ok(Err(signal)),
        other => Err(Failure(
            1,
            format!("a child ends in a strange way: {other:?}"),
        )),
    }
}

fn read_failure(err: Errno) -> Failure {
    Failure::errno("cannot read a word", err)
}

/// Fails if something is not as it should be.
fn expect<T: PartialEq + Debug>(what: &str, is: T, should_be: T) -> Result<(), Failure> {
    if is == should_be {
        return Ok(());
    }
    Err(Failure(
        1,
        format!("{what} {is:?}, and not {should_be:?}; see the kernel log"),
    ))
}
