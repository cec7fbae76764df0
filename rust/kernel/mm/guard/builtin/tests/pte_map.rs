// SPDX-License-Identifier: GPL-2.0-only

//! `pte_offset_map_lock()` and its kin, and what modules have in their place: the two do the same.

use crate::{
    bindings,
    mm::guard::{
        order::LockContext,
        tests::fixture::*, //
    }, //
};
use core::ptr::null_mut;
use kernel::{
    mm::MmWithUser,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    },
    time::{
        Delta,
        Instant,
        Monotonic, //
    }, //
};

type MmPtr = *mut bindings::mm_struct;
type PmdPtr = *mut bindings::pmd_t;
type PtePtr = *mut bindings::pte_t;
type LockPtr = *mut bindings::spinlock_t;

/// The functions of the kernel, or those of modules.
struct Way {
    map: unsafe extern "C" fn(PmdPtr, c_ulong, PmdPtr) -> PtePtr,
    map_rw_nolock: unsafe extern "C" fn(MmPtr, PmdPtr, c_ulong, PmdPtr, *mut LockPtr) -> PtePtr,
    map_lock: unsafe extern "C" fn(MmPtr, PmdPtr, c_ulong, *mut LockPtr) -> PtePtr,
}

// By name, so that `tests/exports/reach` knows these pointers for those of a test.
static KERNEL: Way = Way {
    map: bindings::__pte_offset_map,
    map_rw_nolock: bindings::pte_offset_map_rw_nolock,
    map_lock: bindings::pte_offset_map_lock,
};

static MODULE: Way = Way {
    map: bindings::rust_guard_twin_pte_offset_map,
    map_rw_nolock: bindings::rust_guard_twin_pte_offset_map_rw_nolock,
    map_lock: bindings::rust_guard_twin_pte_offset_map_lock,
};

/// What a call returned, and how it left the task.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Outcome {
    pte: PtePtr,
    ptl: LockPtr,
    pmdval: u64,
    /// How many locks and RCU read sections came with it, if the kernel can tell.
    held: Option<i32>,
    /// Whether `ptl` is held.
    locked: bool,
}

impl Outcome {
    /// Whether so many locks and RCU read sections came with it, if the kernel can tell.
    fn came_with(&self, held: i32) -> bool {
        self.held.is_none_or(|told| told == held)
    }

    /// Whether no table was found, and nothing else was given or taken.
    fn is_no_table(&self) -> bool {
        self.pte.is_null() && self.ptl.is_null() && self.came_with(0) && !self.locked
    }
}

/// Calls each of the functions for an entry, and releases what it took.
fn outcomes(way: &Way, mm: &MmWithUser, pmd: PmdPtr, addr: usize) -> Result<[Outcome; 3]> {
    let mut outcomes = [Outcome {
        pte: null_mut(),
        ptl: null_mut(),
        pmdval: 0,
        held: None,
        locked: false,
    }; 3];
    for (which, outcome) in outcomes.iter_mut().enumerate() {
        let held = LocksHeld::count();
        let mut pmdval = bindings::pmd_t::default();
        // SAFETY: The entry is one of a VMA that is locked, or a copy of one. What was taken is
        // released.
        unsafe {
            outcome.pte = match which {
                0 => (way.map)(pmd, addr, &mut pmdval),
                1 => (way.map_rw_nolock)(mm.as_raw(), pmd, addr, &mut pmdval, &mut outcome.ptl),
                _ => (way.map_lock)(mm.as_raw(), pmd, addr, &mut outcome.ptl),
            };
            outcome.pmdval = pmdval.pmd as u64;
            outcome.held = held.told_more();
            if !outcome.ptl.is_null() {
                let told = SpinLock::from_raw(outcome.ptl).told_mine();
                outcome.locked = told.unwrap_or(which == 2);
            }
            if outcome.locked {
                bindings::spin_unlock(outcome.ptl);
            }
            if !outcome.pte.is_null() {
                bindings::pte_unmap(outcome.pte);
            }
        }
        expect!(held.and(0));
    }
    Ok(outcomes)
}

/// Calls both ways for an entry, and returns what both returned.
fn agreed(mm: &MmWithUser, pmd: PmdPtr, addr: usize) -> Result<[Outcome; 3]> {
    let kernel = outcomes(&KERNEL, mm, pmd, addr)?;
    expect!(kernel == outcomes(&MODULE, mm, pmd, addr)?);
    Ok(kernel)
}

/// As [`agreed`], for a value of an entry, of which each way gets a copy.
fn agreed_on_copy(mm: &MmWithUser, pmd: bindings::pmd_t, addr: usize) -> Result<[Outcome; 3]> {
    let (mut one, mut two) = (pmd, pmd);
    let kernel = outcomes(&KERNEL, mm, &mut one, addr)?;
    expect!(kernel == outcomes(&MODULE, mm, &mut two, addr)?);
    expect!(one.pmd == pmd.pmd && two.pmd == pmd.pmd);
    Ok(kernel)
}

/// What two tasks have seen together, while a third one changed the tables.
struct Seen {
    rounds: Atomic<usize>,
    tables: Atomic<usize>,
    no_tables: Atomic<usize>,
    differences: Atomic<usize>,
}

/// How often the two tasks map a table together, and how long they try.
const ROUNDS: usize = 600_000;
const TIME: Delta = Delta::from_secs(15);

/// The tables that are changed meanwhile.
const TABLES: usize = 2;

/// Maps the table of an entry and locks it one way, and sees that the other agrees.
///
/// While the table is locked, the entry leads to it. So the other way finds the same.
fn lock_once(mm: &MmWithUser, pmd: PmdPtr, addr: usize, one: &Way, other: &Way, seen: &Seen) {
    let held = LocksHeld::count();
    let mut ptl = null_mut();
    // SAFETY: The VMA is locked. What was taken is released.
    let agreed = unsafe {
        let pte = (one.map_lock)(mm.as_raw(), pmd, addr, &mut ptl);
        if pte.is_null() {
            seen.no_tables.fetch_add(1, Relaxed);
            ptl.is_null()
        } else {
            seen.tables.fetch_add(1, Relaxed);
            let now = bindings::pmdp_get_lockless(pmd);
            let mut agreed = SpinLock::from_raw(ptl).is_mine() && held.and(2);
            let (mut pmdval, mut other_ptl) = (bindings::pmd_t::default(), null_mut());
            let other_pte =
                (other.map_rw_nolock)(mm.as_raw(), pmd, addr, &mut pmdval, &mut other_ptl);
            agreed &= other_pte == pte && other_ptl == ptl && pmdval.pmd == now.pmd;
            if !other_pte.is_null() {
                bindings::pte_unmap(other_pte);
            }
            bindings::spin_unlock(ptl);
            bindings::pte_unmap(pte);
            agreed
        }
    };
    if !agreed || !held.and(0) {
        seen.differences.fetch_add(1, Relaxed);
    }
    seen.rounds.fetch_add(1, Relaxed);
}

/// Locks tables by both ways, by turns, until the rounds or the time are over.
fn lock_often(mm: &MmWithUser, seen: &Seen) {
    let begun = Instant::<Monotonic>::now();
    let mut turn = 0;
    while seen.rounds.load(Relaxed) < ROUNDS && begun.elapsed() < TIME {
        turn += 1;
        let addr = TABLE + turn % TABLES * TABLE_SIZE;
        let mut ctx = LockContext::new(mm);
        // It may be unmapped at the moment.
        let Ok(vma) = ctx.stabilise(addr) else {
            continue;
        };
        if let Ok(Ok(pmd)) = vma.tables().map(|tables| tables.pmd_entry(addr)) {
            for _ in 0..2 {
                lock_once(mm, pmd.raw(), addr, &KERNEL, &MODULE, seen);
                lock_once(mm, pmd.raw(), addr, &MODULE, &KERNEL, seen);
            }
        };
    }
}

#[kunit_tests(mmguard_pte_map)]
mod suite {
    use super::*;

    #[test]
    fn table_is_mapped_and_locked() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 1)?;
        let addr = BASE + kernel::page::PAGE_SIZE;
        let mut ctx = LockContext::new(&mm);
        let vma = ctx.stabilise(BASE)?;
        let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?.raw();
        // SAFETY: The entry is valid.
        let value = unsafe { bindings::pmdp_get_lockless(pmd) };
        for [map, rw_nolock, lock] in [agreed(&mm, pmd, addr)?, agreed_on_copy(&mm, value, addr)?] {
            expect!(!map.pte.is_null() && map.came_with(1));
            expect!(map.pmdval == value.pmd as u64);
            expect!(rw_nolock.pte == map.pte && rw_nolock.came_with(1));
            expect!(rw_nolock.pmdval == map.pmdval && !rw_nolock.locked);
            expect!(lock.pte == map.pte && lock.ptl == rw_nolock.ptl);
            expect!(lock.locked && lock.came_with(2));
        }
        // Of the next entry down, the pointer is one less.
        let below = agreed(&mm, pmd, BASE)?[0].pte;
        expect!(below.wrapping_add(1) == agreed(&mm, pmd, addr)?[0].pte);
        Ok(())
    }

    #[test]
    fn no_table_is_found_in_what_is_none() -> Result {
        let mm = TestMm::empty()?;
        mm.map_huge(TABLE, 2)?;
        mm.touch(TABLE, 1)?;
        let hole = TABLE + TABLE_SIZE;
        let mut ctx = LockContext::new(&mm);
        let vma = ctx.stabilise(TABLE)?;
        for addr in [TABLE, hole] {
            let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?.raw();
            // SAFETY: The entry is valid.
            let value = unsafe { bindings::pmdp_get_lockless(pmd) };
            // SAFETY: This looks at the value.
            expect!(unsafe { bindings::pmd_leaf(value) } == (addr == TABLE));
            expect!((value.pmd == 0) == (addr == hole));
            for outcomes in [agreed(&mm, pmd, addr)?, agreed_on_copy(&mm, value, addr)?] {
                expect!(outcomes.iter().all(Outcome::is_no_table));
            }
        }
        Ok(())
    }

    #[cfg(CONFIG_X86_64)]
    #[test]
    fn no_table_is_found_in_other_entries() -> Result {
        const PRESENT: usize = 1 << bindings::_PAGE_BIT_PRESENT;
        const WRITABLE: usize = 1 << bindings::_PAGE_BIT_RW;
        const PROTNONE: usize = 1 << bindings::_PAGE_BIT_GLOBAL;

        let mm = TestMm::empty()?;
        mm.map_huge(TABLE, 1)?;
        mm.touch(TABLE, 1)?;
        mm.map(TABLE + TABLE_SIZE, 1, PROT_READ)?;
        expect!(mm.read(TABLE + TABLE_SIZE)? == 0);
        let value_at = |addr| -> Result<bindings::pmd_t> {
            let mut ctx = LockContext::new(&mm);
            let vma = ctx.stabilise(addr)?;
            let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?.raw();
            // SAFETY: The entry is valid.
            Ok(unsafe { bindings::pmdp_get_lockless(pmd) })
        };
        let is_no_table = |pmd| -> Result<bool> {
            let outcomes = agreed_on_copy(&mm, bindings::pmd_t { pmd }, TABLE)?;
            Ok(outcomes.iter().all(Outcome::is_no_table))
        };

        // A huge page that is not accessible, and one that is being split.
        let huge = value_at(TABLE)?.pmd;
        expect!(is_no_table(huge & !PRESENT | PROTNONE)?);
        expect!(is_no_table(huge & !PRESENT)?);

        // One that is being migrated: of all types of entries that are not present, some are.
        let mut migrations = 0;
        for kind in 0..32 {
            let pmd = (!0x1234_usize << 14 >> 5) | kind << 59;
            // SAFETY: This looks at the value.
            if unsafe { bindings::pmd_is_migration_entry(bindings::pmd_t { pmd }) } {
                migrations += 1;
                expect!(is_no_table(pmd)?);
            }
        }
        expect!(migrations > 0);

        // What is bad is cleared by the kernel, and left by modules.
        let bad = bindings::pmd_t {
            pmd: value_at(TABLE + TABLE_SIZE)?.pmd & !WRITABLE,
        };
        // SAFETY: This looks at the value.
        expect!(unsafe { bindings::pmd_bad(bad) } != 0);
        let (mut of_kernel, mut of_module) = (bad, bad);
        let outcomes_of_kernel = outcomes(&KERNEL, &mm, &mut of_kernel, TABLE)?;
        expect!(outcomes_of_kernel.iter().all(Outcome::is_no_table));
        let outcomes_of_module = outcomes(&MODULE, &mm, &mut of_module, TABLE)?;
        expect!(outcomes_of_module.iter().all(Outcome::is_no_table));
        expect!(of_kernel.pmd == 0 && of_module.pmd == bad.pmd);
        Ok(())
    }

    #[test]
    fn both_agree_while_tables_come_and_go() -> Result {
        let mm = TestMm::empty()?;
        mm.map(TABLE, TABLES * ENTRIES, PROT_READ | PROT_WRITE)?;
        let seen = Arc::new(
            Seen {
                rounds: Atomic::new(0),
                tables: Atomic::new(0),
                no_tables: Atomic::new(0),
                differences: Atomic::new(0),
            },
            GFP_KERNEL,
        )?;
        let (ends, mut threads) = ([Event::new()?, Event::new()?], KVec::new());
        for end in &ends {
            let thread = Thread::spawn({
                let (mm, seen): (_, Arc<Seen>) = (mm.share(), seen.clone());
                let end = end.clone();
                move || {
                    lock_often(&mm, &seen);
                    end.happen();
                }
            })?;
            threads.push(thread, GFP_KERNEL)?;
        }

        let (mut changes, mut collapses) = (0, 0);
        while !ends.iter().all(Event::happened) {
            for table in 0..TABLES {
                mm.touch(TABLE + table * TABLE_SIZE, 1)?;
            }
            if changes % 256 == 0 {
                collapses += usize::from(madvise(&mm, TABLE, ENTRIES, MADV_COLLAPSE).is_ok());
            }
            if changes % 64 == 0 {
                mm.unmap(TABLE, TABLES * ENTRIES)?;
                mm.map(TABLE, TABLES * ENTRIES, PROT_READ | PROT_WRITE)?;
            } else {
                // Takes the empty tables away.
                madvise(&mm, TABLE, TABLES * ENTRIES, MADV_DONTNEED)?;
            }
            changes += 1;
        }
        for thread in threads {
            expect!(thread.join());
        }

        let (tables, no_tables) = (seen.tables.load(Relaxed), seen.no_tables.load(Relaxed));
        let differences = seen.differences.load(Relaxed);
        kernel::kunit::info(fmt!(
            "    # {tables} tables, {no_tables} times none, {differences} differences; \
             {changes} changes, {collapses} huge pages\n"
        ));
        expect!(differences == 0);
        expect!(tables > 0 && no_tables > 0);
        expect!(changes > 0 && collapses > 0);
        Ok(())
    }
}
