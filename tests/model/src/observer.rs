// SPDX-License-Identifier: GPL-2.0-only

//! Who looks at a VMA under RCU alone, as RcuVma does, and which classes come of it.
//! tests/contend does the same to a kernel, load by load.

use crate::class::{name, CLASSES};
use crate::mm::Mm;
use crate::uapi::Look;
use crate::world::World;
use loom::sync::atomic::{fence, Ordering::*};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Mutex;

static REACHED: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

/// Where the classes stand, which are compared with what a kernel shows.
const PINNED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/classes.list");

/// Looks once at the VMA that has page 0. No scenario has more than three readers.
pub fn look(world: &World, mm: &Mm) {
    // mmap_lock_speculate_try_begin()
    let mm_lock_seq = mm.seq_acquire();
    let Some(index) = mm.mas_walk(0) else {
        return;
    };
    let vma = &world.vmas[index];
    let vm_refcnt = vma.look();
    // smp_rmb()
    fence(Acquire);
    let vm_lock_seq = vma.vm_lock_seq.load(Relaxed);
    fence(Acquire);
    let own = vma.vm_mm_seen.load(Relaxed) == mm.id;
    // mmap_lock_speculate_retry()
    fence(Acquire);
    let look = Look {
        mm_lock_seq,
        vm_refcnt,
        vm_lock_seq,
        own: own.into(),
        mm_lock_seq_after: mm.seq_once(),
    };
    let classes = look.classes(3);
    let classes = classes.unwrap_or_else(|| panic!("LC-3: no state of a VMA lock: {look:?}"));
    REACHED.lock().expect("not poisoned").extend(classes);
}

/// Why a class may be missing in a run on a kernel, by a part of its name. The first
/// that fits counts.
const RARE: &[(&str, &str)] = &[
    (
        "vm_lock_seq initial",
        "a new VMA before its first write lock, in memory that was found as another one",
    ),
    (
        "vm_lock_seq zeroed",
        "a new VMA between memset() and vma_lock_init(), in memory that was found as another one",
    ),
    (
        "torn, vm_lock_seq newer",
        "the VMA went to an mm that was locked more often, and was locked there, between two loads",
    ),
    (
        "vm_lock_seq newer",
        "as when it is torn, but vm_mm was loaded from before: not on x86, which keeps the order",
    ),
    (
        "vm_refcnt the bit, vm_lock_seq equal",
        "a reader came in the moment before a detach and has gone, and the writer has not run \
         since",
    ),
    (
        "vm_refcnt the bit and 1, vm_lock_seq equal",
        "between the writer's store of its number and the end of the exclusion",
    ),
    (
        "vm_refcnt the bit, 1 and readers, vm_lock_seq equal",
        "the readers went and the writer stored its number between two loads",
    ),
    (
        "vm_refcnt 1 and readers, vm_lock_seq equal",
        "a reader between its increment and its look at the number, which a writer has stored \
         meanwhile",
    ),
    (
        "torn, vm_refcnt 0",
        "a VMA that is found, detached, and unlocked by the end of the look",
    ),
    (
        "torn, vm_refcnt 1 and readers",
        "the mmap lock is taken or released during a look, and somebody reads",
    ),
    (
        "torn, vm_refcnt the bit",
        "a writer's wait that is over, with its lock, by the end of the look",
    ),
    (
        "torn, vm_lock_seq equal",
        "a writer that took its lock after the look began, and has stored its number",
    ),
];

/// The file of all that was reached so far.
fn list() -> String {
    let reached = REACHED.lock().expect("not poisoned");
    let mut list = String::from(concat!(
        "# SPDX-",
        "License-Identifier: GPL-2.0-only\n",
        "#\n",
        "# The classes of states that an observer without locks reaches in the model, which\n",
        "# writes this (--write-classes). A run on a kernel must show those that are \"common\",\n",
        "# may show those that are \"rare\", and nothing else.\n",
        "\n",
    ));
    let mut reasons = BTreeSet::new();
    for class in reached.iter().map(|class| name(*class)) {
        match RARE.iter().find(|(part, _)| class.contains(part)) {
            None => writeln!(list, "common: {class}"),
            Some((part, why)) => {
                reasons.insert(part);
                writeln!(list, "rare: {class}: {why}")
            }
        }
        .expect("a string can grow");
    }
    for (part, _) in RARE.iter().filter(|(part, _)| !reasons.contains(part)) {
        writeln!(list, "no such class is reached: {part}").expect("a string can grow");
    }
    list
}

/// Writes the file.
pub fn write() -> std::io::Result<()> {
    std::fs::write(PINNED, list())
}

/// How many of all classes were reached, if the file says the same; else the first
/// line that differs.
pub fn compare() -> Result<String, String> {
    let list = list();
    let pinned = std::fs::read_to_string(PINNED).map_err(|err| format!("{PINNED}: {err}"))?;
    let (now, then): (BTreeSet<_>, BTreeSet<_>) =
        (list.lines().collect(), pinned.lines().collect());
    if let Some(line) = now.difference(&then).next() {
        return Err(format!("not in {PINNED}: {line}"));
    }
    if let Some(line) = then.difference(&now).next() {
        return Err(format!("in {PINNED}, and not reached: {line}"));
    }
    let reached = REACHED.lock().expect("not poisoned").len();
    Ok(format!("{reached} of {CLASSES} classes"))
}
