// SPDX-License-Identifier: GPL-2.0-only

//! Pages of every kind, and pages that change.

use super::{
    advise, file, map, memfd, protect, ready, touch, unmap, wait, ANON, NONE, PRIVATE, R, RW,
    SHARED, SHARED_ANON,
};
use mmguard_vm::{pages::LEN, PAGE};
use nix::{
    errno::Errno,
    libc::{self, c_int, c_ulong},
    request_code_readwrite,
};
use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    thread,
};

/// What one PTE table maps, which is a huge page as well.
const TABLE: usize = 2 << 20;

const MADV_GUARD_INSTALL: c_int = 102;

/// Reads a byte of a page.
fn look(addr: usize) {
    // SAFETY: The address is mapped.
    unsafe { (addr as *const u8).read_volatile() };
}

fn each(addr: usize, len: usize, access: fn(usize)) {
    (addr..addr + len).step_by(PAGE).for_each(access);
}

fn anon(len: usize) -> usize {
    map(0, len, RW, ANON, None, 0)
}

/// A place of this many bytes that begins with a PTE table, with other mappings of none in front of
/// it and behind it.
fn aligned(len: usize) -> usize {
    let all = map(
        0,
        len + 2 * TABLE,
        NONE,
        ANON | libc::MAP_NORESERVE,
        None,
        0,
    );
    (all + PAGE).next_multiple_of(TABLE)
}

/// A mapping that begins with a PTE table, and may have huge pages.
fn huge(len: usize, flags: c_int) -> usize {
    let addr = aligned(len);
    map(addr, len, RW, flags | libc::MAP_FIXED, None, 0);
    advise(addr, len, libc::MADV_HUGEPAGE);
    addr
}

/// What `/proc/self/pagemap` says of the pages from `addr` on.
fn pagemap(addr: usize, pages: usize) -> Vec<u64> {
    let mut buf = vec![0; 8 * pages];
    let pagemap = File::open("/proc/self/pagemap").unwrap();
    pagemap
        .read_exact_at(&mut buf, (addr / PAGE * 8) as u64)
        .unwrap();
    let entries = buf.chunks_exact(8);
    entries
        .map(|bytes| u64::from_ne_bytes(bytes.try_into().unwrap()))
        .collect()
}

/// Swaps pages out, or stops mapping them if they are shared.
fn page_out(addr: usize, len: usize) {
    for _ in 0..100 {
        advise(addr, len, libc::MADV_PAGEOUT);
        if pagemap(addr, len / PAGE)
            .iter()
            .all(|entry| entry >> 63 == 0)
        {
            return;
        }
    }
    panic!("pages that are not swapped out");
}

/// Makes pages of every kind, one kind in each mapping, and says where.
pub fn kinds() {
    let mut said = String::new();
    let mut say = |name: &str, addr: usize, len: usize| {
        said += &format!("{name} {addr:x} {len:x} ");
        addr
    };

    each(say("written", anon(LEN), LEN), LEN, touch);
    each(say("read", anon(LEN), LEN), LEN, look);
    say("untouched", anon(LEN), LEN);
    let len = 8 * TABLE;
    say(
        "no-table",
        map(0, len, RW, ANON | libc::MAP_NORESERVE, None, 0),
        len,
    );

    // Over the ends of two tables, from the middle of one to the middle of another.
    let len = 2 * TABLE;
    let span = map(
        aligned(3 * TABLE) + TABLE / 2,
        len,
        RW,
        ANON | libc::MAP_FIXED,
        None,
        0,
    );
    advise(span, len, libc::MADV_NOHUGEPAGE);
    each(say("span", span, len), len, touch);

    let plain = file("/tmp/pages", LEN as u64);
    plain.write_all_at(&vec![1; LEN], 0).unwrap();
    for (name, flags, access) in [
        ("file-read", PRIVATE, look as fn(usize)),
        ("file-written", PRIVATE, touch),
        ("file-shared", SHARED, touch),
    ] {
        let addr = map(0, LEN, RW, flags, Some(&plain), 0);
        each(say(name, addr, LEN), LEN, access);
    }
    let shmem = say("shmem", map(0, LEN, RW, SHARED_ANON, None, 0), LEN);
    each(shmem, LEN, touch);

    let swapped = say("swapped", anon(LEN), LEN);
    each(swapped, LEN, touch);
    page_out(swapped, LEN);
    let swapped = say("swapped-back", anon(LEN), LEN);
    each(swapped, LEN, touch);
    page_out(swapped, LEN);
    each(swapped, LEN / 2, look);
    let swapped = say("swapped-shmem", map(0, LEN, RW, SHARED_ANON, None, 0), LEN);
    each(swapped, LEN, touch);
    page_out(swapped, LEN);

    touch(say("huge", huge(TABLE, ANON), TABLE));
    look(say("huge-zero", huge(TABLE, ANON), TABLE));
    let _ = fs::write(
        "/sys/kernel/mm/transparent_hugepage/shmem_enabled",
        "advise",
    );
    touch(say("huge-shmem", huge(TABLE, SHARED_ANON), TABLE));
    let none = huge(TABLE, ANON);
    touch(none);
    protect(none, TABLE, NONE);
    say("huge-no-access", none, TABLE);
    // Its pages are mapped one by one.
    let split = huge(TABLE, ANON);
    touch(split);
    protect(split + PAGE, PAGE, R);
    say("huge-split", split + 2 * PAGE, TABLE - 2 * PAGE);

    let none = anon(LEN);
    each(none, LEN, touch);
    protect(none, LEN, NONE);
    say("no-access", none, LEN);

    let guard = say("guard", anon(LEN), LEN);
    each(guard, LEN, touch);
    advise(guard, LEN, MADV_GUARD_INSTALL);
    userfault(&mut say);

    let hugetlb = map(0, TABLE, RW, ANON | libc::MAP_HUGETLB, None, 0);
    touch(say("hugetlb", hugetlb, TABLE));
    // The BIOS, which is no memory of the kernel's.
    let memory = File::open("/dev/mem").unwrap();
    say(
        "pfnmap",
        map(0, LEN, R, SHARED, Some(&memory), 0xf_0000),
        LEN,
    );
    // Copies of it, which are.
    let copied = map(0, LEN, RW, PRIVATE, Some(&memory), 0xf_0000);
    each(say("pfnmap-written", copied, LEN), LEN / 2, touch);

    ready(&said);
    wait();
}

/// Pages that userfaultfd protects from writes, and places without a page that it does; and places
/// that it has poisoned.
fn userfault(say: &mut impl FnMut(&str, usize, usize) -> usize) {
    const UFFD_API: u64 = 0xaa;
    // WP_HUGETLBFS_SHMEM, WP_UNPOPULATED, POISON
    const FEATURES: u64 = 7 << 12;
    const MODE_MISSING: u64 = 1;
    const MODE_WP: u64 = 2;
    const API: c_ulong = request_code_readwrite!(UFFD_API, 0x3f, 24);
    const REGISTER: c_ulong = request_code_readwrite!(UFFD_API, 0x00, 32);
    const WRITEPROTECT: c_ulong = request_code_readwrite!(UFFD_API, 0x06, 24);
    const POISON: c_ulong = request_code_readwrite!(UFFD_API, 0x08, 32);

    // SAFETY: There are no pointers in the arguments.
    let fd = unsafe { libc::syscall(libc::SYS_userfaultfd, libc::O_CLOEXEC) } as c_int;
    assert!(fd >= 0, "userfaultfd: {}", Errno::last());
    let call = |number: c_ulong, arg: &mut [u64]| {
        // SAFETY: All are called with structures of as many words.
        let result = unsafe { libc::ioctl(fd, number as _, arg.as_mut_ptr()) };
        assert_eq!(result, 0, "ioctl {number:#x}: {}", Errno::last());
    };
    call(API, &mut [UFFD_API, FEATURES, 0]);

    let len = LEN as u64;
    let shmem = map(0, LEN, RW, SHARED_ANON, None, 0);
    for (name, addr) in [("uffd", anon(LEN)), ("uffd-shmem", shmem)] {
        // Without a page for the second half.
        each(addr, LEN / 2, touch);
        call(REGISTER, &mut [addr as u64, len, MODE_WP, 0]);
        call(WRITEPROTECT, &mut [addr as u64, len, 1]);
        say(name, addr, LEN);
    }
    let poison = say("poison", anon(LEN), LEN) as u64;
    call(REGISTER, &mut [poison, len, MODE_MISSING, 0]);
    call(POISON, &mut [poison, len, 0, 0]);
}

/// Changes pages without pause, beside some that stay, until it is killed.
///
/// The first word of the file `counters` tells how often.
pub fn changing(counters: &str) {
    let counters = file(counters, PAGE as u64);
    let counters = map(0, PAGE, RW, SHARED, Some(&counters), 0);
    // SAFETY: The mapping is aligned, is never unmapped, and is only used as this.
    let rounds = unsafe { AtomicU64::from_ptr(counters as *mut u64) };

    let staying = anon(LEN);
    each(staying, LEN, touch);
    let len = 2 * TABLE;
    let window = aligned(len);
    let shared = memfd(c"changing", 0);
    thread::spawn(move || loop {
        let fixed = |flags| map(window, len, RW, flags | libc::MAP_FIXED, None, 0);
        // A huge page, and what becomes of it.
        fixed(ANON);
        advise(window, len, libc::MADV_HUGEPAGE);
        touch(window);
        look(window + TABLE);
        protect(window + PAGE, PAGE, R);
        protect(window + PAGE, PAGE, RW);
        advise(window, TABLE, libc::MADV_DONTNEED);
        // Small pages. When the last one goes, the table may go.
        advise(window, len, libc::MADV_NOHUGEPAGE);
        each(window, len / 2, touch);
        each(window + len / 2, len / 2, look);
        advise(window, 16 * PAGE, libc::MADV_PAGEOUT);
        advise(window + TABLE / 2, TABLE, libc::MADV_DONTNEED);
        advise(window, TABLE, MADV_GUARD_INSTALL);
        unmap(window, TABLE);
        // Something else in its place.
        map(window, len, RW, SHARED | libc::MAP_FIXED, Some(&shared), 0);
        each(window, TABLE, look);
        rounds.fetch_add(1, Relaxed);
    });
    ready(&format!(
        "staying {staying:x} {LEN:x} window {window:x} {len:x}"
    ));
    wait();
}

/// Asks for page frames of a process, without the capability to see them but with the one to look.
///
/// Standard input is the device.
pub fn drop_sys_admin() {
    /// `CAP_SYS_ADMIN`
    const BIT: u32 = 1 << 21;
    // _LINUX_CAPABILITY_VERSION_3, for this task.
    let mut header = [0x2008_0522_u32, 0];
    let mut sets = [0_u32; 6];
    // SAFETY: The structures are of that version.
    unsafe {
        let result = libc::syscall(libc::SYS_capget, header.as_mut_ptr(), sets.as_mut_ptr());
        assert_eq!(result, 0, "capget: {}", Errno::last());
        sets[0] &= !BIT;
        let result = libc::syscall(libc::SYS_capset, header.as_mut_ptr(), sets.as_ptr());
        assert_eq!(result, 0, "capset: {}", Errno::last());
    }
}
