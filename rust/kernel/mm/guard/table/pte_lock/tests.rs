// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the lock of a PTE table.

use crate::mm::guard::{
    order::{
        rights::SeesPfns,
        LockContext,
        LockScope, //
    },
    table::{
        pte::{
            Pte,
            PteKind, //
        },
        pte_lock::PteRun,
        NoTableReason, //
    },
    tests::fixture::*, //
};
#[cfg(CONFIG_X86_64)]
use crate::{
    bindings,
    mm::guard::table::pte::NewPte, //
};
use kernel::{
    mm::MmWithUser,
    page::PAGE_SIZE,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};

/// The next table after the one at [`TABLE`].
const NEXT: usize = TABLE + TABLE_SIZE;

/// Maps the last three pages of a table and the first three of the next, in one VMA. The pages are
/// written to that are `true` here.
const TOUCHED: [bool; 6] = [true, false, true, true, false, true];
const START: usize = NEXT - 3 * PAGE_SIZE;
const END: usize = NEXT + 3 * PAGE_SIZE;

fn over_two_tables() -> Result<TestMm> {
    let mm = TestMm::empty()?;
    mm.map(START, 6, PROT_READ | PROT_WRITE)?;
    for (page, touched) in TOUCHED.iter().enumerate() {
        if *touched {
            mm.touch(START + page * PAGE_SIZE, 1)?;
        }
    }
    Ok(mm)
}

/// The C value of an entry, but for the accessed bit, which the hardware sets.
fn raw(pte: Pte) -> Result<u64> {
    let pte = pte.into_raw(&SeesPfns::current_task()?).pte as u64;
    #[cfg(CONFIG_X86_64)]
    let pte = pte & !(1 << bindings::_PAGE_BIT_ACCESSED);
    Ok(pte)
}

/// How often the test of two tasks takes two locks.
const ROUNDS: usize = 10_000;

/// Takes the locks of the tables for two addresses of two mms, many times, and counts so that a
/// round is lost if another task is in between.
fn lock_both(
    first: (&MmWithUser, usize),
    second: (&MmWithUser, usize),
    count: &Atomic<usize>,
) -> Result {
    for _ in 0..ROUNDS {
        let mut outer = LockContext::new(first.0);
        // Not waited for, as the second of two mmap locks would be a deadlock for lockdep.
        let Ok(outer) = outer.mmap_read_trylock() else {
            return Err(EBUSY);
        };
        let mut inner = LockContext::new(second.0);
        let Ok(mut inner) = inner.mmap_read_trylock() else {
            return Err(EBUSY);
        };
        let (inner, mut scope) = inner.split();
        let one = outer.vma_lookup(first.1).ok_or(EFAULT)?;
        let two = inner.vma_lookup(second.1).ok_or(EFAULT)?;
        let one = one.tables()?.pmd_entry(first.1).or(Err(ENOENT))?;
        let two = two.tables()?.pmd_entry(second.1).or(Err(ENOENT))?;
        let pair = one.lock_pte_tables(&mut scope, &two).or(Err(ENOENT))?;
        let before = count.load(Relaxed);
        expect!(pair.first().get(first.1)?.is_present());
        expect!(pair.second().get(second.1)?.is_present());
        count.store(before + 1, Relaxed);
    }
    Ok(())
}

#[kunit_tests(mmguard_pte_lock)]
mod suite {
    use super::*;

    #[test]
    fn entries_tell_how_pages_were_faulted() -> Result {
        let mm = TestMm::empty()?;
        mm.map(BASE, 3, PROT_READ | PROT_WRITE)?;
        mm.map(BASE + 3 * PAGE_SIZE, 1, PROT_READ)?;
        mm.touch(BASE, 1)?;
        expect!(mm.read(BASE + PAGE_SIZE)? == 0);
        expect!(mm.read(BASE + 3 * PAGE_SIZE)? == 0);

        let written = pte_at(&mm, BASE)?;
        expect!(written.is_present() && !written.is_none() && written.kind() == PteKind::Present);
        expect!(written.is_young() && written.is_dirty() && written.is_writable());
        expect!(!written.is_special() && !written.maps_zero_page());

        for zero in [
            pte_at(&mm, BASE + PAGE_SIZE)?,
            pte_at(&mm, BASE + 3 * PAGE_SIZE)?,
        ] {
            expect!(zero.is_present() && zero.kind() == PteKind::Present);
            expect!(zero.maps_zero_page() && zero.is_special() && zero.is_young());
            expect!(!zero.is_writable() && !zero.is_dirty());
        }

        let empty = pte_at(&mm, BASE + 2 * PAGE_SIZE)?;
        expect!(empty.is_none() && !empty.is_present() && empty.kind() == PteKind::None);
        expect!(!empty.is_young() && !empty.is_dirty() && !empty.is_writable());
        expect!(!empty.is_special() && !empty.maps_zero_page());

        // A write takes a page of its own in the place of the zero page.
        let pfns = SeesPfns::current_task()?;
        let before = pte_at(&mm, BASE + PAGE_SIZE)?.pfn(&pfns);
        mm.touch(BASE + PAGE_SIZE, 1)?;
        let after = pte_at(&mm, BASE + PAGE_SIZE)?;
        expect!(after.is_writable() && after.is_dirty() && !after.maps_zero_page());
        expect!(after.pfn(&pfns).is_some() && after.pfn(&pfns) != before);
        expect!(empty.pfn(&pfns).is_none());
        Ok(())
    }

    #[test]
    fn guard_covers_its_table_within_the_vma() -> Result {
        let mm = over_two_tables()?;
        // Neighbours in the same tables.
        mm.map(START - PAGE_SIZE, 1, PROT_READ)?;
        mm.map(END, 1, PROT_READ)?;
        expect!(mm.read(START - PAGE_SIZE)? == 0 && mm.read(END)? == 0);

        for addr in [START, START + PAGE_SIZE + 7, NEXT - 1] {
            with_table(&mm, addr, |table| {
                expect!(table.start() == START && table.end() == NEXT);
                for outside in [
                    START - PAGE_SIZE,
                    START - 1,
                    NEXT,
                    END,
                    TABLE,
                    0,
                    usize::MAX,
                ] {
                    expect!(table.get(outside).err() == Some(EFAULT));
                }
                for (page, touched) in TOUCHED[..3].iter().enumerate() {
                    let addr = START + page * PAGE_SIZE;
                    expect!(table.get(addr)?.is_present() == *touched);
                    expect!(table.get(addr + PAGE_SIZE - 1)?.is_present() == *touched);
                }
                Ok(())
            })?;
        }
        for addr in [NEXT, NEXT + 2 * PAGE_SIZE, END - 1] {
            with_table(&mm, addr, |table| {
                expect!(table.start() == NEXT && table.end() == END);
                for outside in [NEXT - 1, START, END, END + PAGE_SIZE, NEXT + TABLE_SIZE] {
                    expect!(table.get(outside).err() == Some(EFAULT));
                }
                for (page, touched) in TOUCHED[3..].iter().enumerate() {
                    expect!(table.get(NEXT + page * PAGE_SIZE)?.is_present() == *touched);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    #[test]
    fn iterators_give_each_entry_once() -> Result {
        let mm = over_two_tables()?;
        mm.map(END, 1, PROT_READ)?;
        expect!(mm.read(END)? == 0);
        let page = |page| (START + page * PAGE_SIZE, TOUCHED[page]);
        with_table(&mm, START + 2 * PAGE_SIZE, |table| {
            let seen = |from| {
                table
                    .iter_from(from)
                    .map(|(addr, pte)| (addr, pte.is_present()))
            };
            let all = table.iter().map(|(addr, pte)| (addr, pte.is_present()));
            expect!(all.eq([page(0), page(1), page(2)]));
            expect!(seen(0).eq([page(0), page(1), page(2)]));
            expect!(seen(START).eq([page(0), page(1), page(2)]));
            expect!(seen(START + PAGE_SIZE + 1).eq([page(1), page(2)]));
            expect!(seen(NEXT - 1).eq([page(2)]));
            expect!(seen(NEXT).next().is_none());
            expect!(seen(usize::MAX).next().is_none());
            let mut iter = table.iter_from(NEXT - 1);
            expect!(iter.next().is_some() && iter.next().is_none() && iter.next().is_none());
            Ok(())
        })?;
        with_table(&mm, NEXT, |table| {
            let all = table.iter().map(|(addr, pte)| (addr, pte.is_present()));
            expect!(all.eq([page(3), page(4), page(5)]));
            Ok(())
        })?;
        // A whole table.
        mm.map(TABLE, ENTRIES, PROT_READ)?;
        expect!(mm.read(TABLE + 9 * PAGE_SIZE)? == 0);
        with_table(&mm, TABLE, |table| {
            expect!(table.start() == TABLE && table.end() == NEXT);
            expect!(table.iter().count() == ENTRIES);
            let mut present = table.iter().filter(|(_, pte)| pte.is_present());
            expect!(present
                .next()
                .is_some_and(|(addr, _)| addr == TABLE + 9 * PAGE_SIZE));
            expect!(present.next().is_none());
            Ok(())
        })
    }

    #[test]
    fn runs_are_of_entries_that_say_the_same() -> Result {
        let mm = TestMm::empty()?;
        let page = |page: usize| TABLE + page * PAGE_SIZE;
        mm.map(TABLE, 9, PROT_READ | PROT_WRITE)?;
        mm.touch(TABLE, 3)?;
        expect!(mm.read(page(3))? == 0 && mm.read(page(4))? == 0);
        mm.touch(page(7), 1)?;
        with_table(&mm, TABLE, |table| {
            let is_run = |run: Option<PteRun>, at, entries, is_dirty: bool, is_zero: bool| {
                run.is_some_and(|run| {
                    let pte = run.first();
                    let is_none = !is_dirty && !is_zero;
                    (run.addr(), run.entries()) == (page(at), entries)
                        && (pte.is_dirty(), pte.maps_zero_page()) == (is_dirty, is_zero)
                        && (pte.is_none(), pte.is_present()) == (is_none, !is_none)
                })
            };
            let mut runs = table.runs();
            // Other page frames, and no others.
            expect!(is_run(runs.next(), 0, 3, true, false));
            expect!(is_run(runs.next(), 3, 2, false, true));
            expect!(is_run(runs.next(), 5, 2, false, false));
            expect!(is_run(runs.next(), 7, 1, true, false));
            // No further than the VMA.
            expect!(is_run(runs.next(), 8, 1, false, false));
            expect!(runs.next().is_none() && runs.next().is_none());

            let mut part = table.runs_from(page(6) + 1);
            expect!(is_run(part.next(), 6, 1, false, false));
            expect!(is_run(part.next(), 7, 1, true, false));
            expect!(table.runs_from(page(9)).next().is_none());
            Ok(())
        })
    }

    #[test]
    fn lock_excludes_and_is_given_back() -> Result {
        let mm = over_two_tables()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(START)?;
        let (vma, mut scope) = guard.split();
        let pmd = vma.tables()?.pmd_entry(START).or(Err(ENOENT))?;
        let lock = SpinLock::of_pte_table(&mm, &pmd)?;
        expect!(SPLIT_LOCKS == (lock != SpinLock::of_mm(&mm)));
        let same = Contender::new(lock, take_table(&mm, START + PAGE_SIZE))?;

        let held = LocksHeld::count();
        let table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
        expect!(lock.is_mine());
        // The lock, and the RCU read section of the mapping.
        expect!(held.and(2));
        expect!(same.is_kept_out());
        drop(table);
        expect!(lock.is_not_mine());
        expect!(held.and(0));
        expect!(same.gets_in());
        // Nothing is left behind that would keep the task from sleeping.
        kernel::time::delay::fsleep(kernel::time::Delta::from_millis(1));
        Ok(())
    }

    #[test]
    fn lock_is_that_of_one_table() -> Result {
        let mm = over_two_tables()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(START)?;
        let (vma, mut scope) = guard.split();
        let pmd = vma.tables()?.pmd_entry(START).or(Err(ENOENT))?;
        let next = vma.tables()?.pmd_entry(NEXT).or(Err(ENOENT))?;
        let lock = SpinLock::of_pte_table(&mm, &next)?;
        expect!(SPLIT_LOCKS == (lock != SpinLock::of_pte_table(&mm, &pmd)?));
        let neighbour = Contender::new(lock, take_table(&mm, NEXT))?;

        let table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
        if SPLIT_LOCKS {
            expect!(neighbour.gets_past());
        } else {
            expect!(neighbour.is_kept_out());
        }
        drop(table);
        expect!(neighbour.gets_in());
        Ok(())
    }

    #[test]
    fn no_table_leaves_nothing_locked() -> Result {
        let mm = TestMm::empty()?;
        mm.map(TABLE, 2 * ENTRIES, PROT_READ)?;
        expect!(mm.read(TABLE)? == 0);
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(TABLE)?;
        let (vma, mut scope) = guard.split();
        let table = vma.tables()?.pmd_entry(TABLE).or(Err(ENOENT))?;
        let hole = vma.tables()?.pmd_entry(NEXT).or(Err(ENOENT))?;
        let lock = SpinLock::of_pte_table(&mm, &table)?;
        let held = LocksHeld::count();
        expect!(hole.lock_pte_table(&mut scope).is_err());
        expect!(held.and(0));
        for (first, second) in [(&table, &hole), (&hole, &table), (&hole, &hole)] {
            let pair = first.lock_pte_tables(&mut scope, second);
            expect!(pair.err().map(|hole| hole.reason()) == Some(NoTableReason::Empty));
            expect!(held.and(0));
            expect!(lock.is_not_mine());
        }
        expect!(table.lock_pte_table(&mut scope).is_ok());
        expect!(held.and(0));
        Ok(())
    }

    #[test]
    fn installed_entry_is_used() -> Result {
        let mm = TestMm::empty()?;
        mm.map(BASE, 4, PROT_READ)?;
        // The kernel's own entry of the zero page.
        expect!(mm.read(BASE)? == 0);
        let kernels = pte_at(&mm, BASE)?;
        let pfn = kernels.pfn(&SeesPfns::current_task()?).ok_or(ENOENT)?;
        let prot = LockContext::new(&mm).stabilise(BASE)?.page_prot();
        let pte = NewPte::special(pfn, prot);
        expect!(raw(Pte::from_raw(pte.raw()))? == raw(kernels)?);

        let addr = BASE + 2 * PAGE_SIZE;
        with_table(&mm, BASE, |table| {
            expect!(table.get(addr)?.is_none());
            // SAFETY: It is the zero page, which is not counted, as the kernel would map it.
            unsafe { table.install(addr, pte) }?;
            expect!(table.get(addr)?.maps_zero_page());
            expect!(table.get(addr - PAGE_SIZE)?.is_none());
            expect!(table.get(addr + PAGE_SIZE)?.is_none());
            Ok(())
        })?;
        let before = faults();
        expect!(mm.read(addr)? == 0 && mm.read(addr + PAGE_SIZE - 1)? == 0);
        expect!(faults() == before);
        // As a proof of the count: this page is not there.
        expect!(mm.read(addr + PAGE_SIZE)? == 0);
        expect!(faults() == before + 1);
        Ok(())
    }

    #[test]
    fn install_refuses() -> Result {
        let mm = TestMm::empty()?;
        mm.map(BASE, 2, PROT_READ | PROT_WRITE)?;
        mm.map(BASE + 2 * PAGE_SIZE, 1, PROT_READ)?;
        expect!(mm.read(BASE + 2 * PAGE_SIZE)? == 0);
        mm.touch(BASE, 1)?;
        let pfns = SeesPfns::current_task()?;
        let pfn = pte_at(&mm, BASE + 2 * PAGE_SIZE)?.pfn(&pfns);
        let prot = LockContext::new(&mm).stabilise(BASE)?.page_prot();
        let pte = NewPte::special(pfn.ok_or(ENOENT)?, prot);
        with_table(&mm, BASE, |table| {
            // SAFETY: As above.
            let install = |addr| unsafe { table.install(addr, pte) };
            expect!(install(BASE) == Err(EEXIST));
            expect!(!table.get(BASE)?.maps_zero_page());
            for outside in [
                UNMAPPED,
                BASE - 1,
                BASE + 2 * PAGE_SIZE,
                BASE + TABLE_SIZE,
                0,
            ] {
                expect!(install(outside) == Err(EFAULT));
            }
            install(BASE + PAGE_SIZE)?;
            expect!(install(BASE + PAGE_SIZE) == Err(EEXIST));
            Ok(())
        })?;
        expect!(mm.read(BASE)? == 1);
        // The installed entry is not writable: a write gets a page.
        mm.touch(BASE + PAGE_SIZE, 1)?;
        expect!(mm.read(BASE + PAGE_SIZE)? == 1);
        expect!(mm.read(BASE + 2 * PAGE_SIZE)? == 0);
        Ok(())
    }

    #[test]
    fn pair_of_one_mm() -> Result {
        let mm = over_two_tables()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(START)?;
        let (vma, mut scope) = guard.split();
        let one = vma.tables()?.pmd_entry(START).or(Err(ENOENT))?;
        let two = vma.tables()?.pmd_entry(END - 1).or(Err(ENOENT))?;
        let locks = [
            SpinLock::of_pte_table(&mm, &one)?,
            SpinLock::of_pte_table(&mm, &two)?,
        ];
        let held = LocksHeld::count();
        for (first, second) in [(&one, &two), (&two, &one), (&one, &one), (&two, &two)] {
            let same = first.addr() == second.addr();
            let pair = first.lock_pte_tables(&mut scope, second).or(Err(ENOENT))?;
            expect!(pair.is_one_lock() == (same || !SPLIT_LOCKS));
            // Two mappings, and the locks.
            expect!(held.and(if pair.is_one_lock() { 3 } else { 4 }));
            for (entry, lock) in [(&one, locks[0]), (&two, locks[1])] {
                let used = first.addr() == entry.addr() || second.addr() == entry.addr();
                expect!(lock.is_mine_if(used || !SPLIT_LOCKS));
            }
            for (table, pmd) in [(pair.first(), first), (pair.second(), second)] {
                let (start, touched) = if pmd.addr() < NEXT {
                    (START, &TOUCHED[..3])
                } else {
                    (NEXT, &TOUCHED[3..])
                };
                expect!(table.start() == start);
                let present = table.iter().map(|(_, pte)| pte.is_present());
                expect!(present.eq(touched.iter().copied()));
            }
            drop(pair);
            expect!(held.and(0));
            expect!(locks[0].is_not_mine() && locks[1].is_not_mine());
        }
        Ok(())
    }

    #[test]
    fn pair_of_two_mms() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 3)?;
        let other = OtherMm::new(|mm| {
            mm.map(TABLE, 1, PROT_READ | PROT_WRITE)?;
            mm.touch(TABLE, 1)
        })?;
        let mut here = LockContext::new(&mm);
        let Ok(mut here) = here.mmap_read_trylock() else {
            return Err(EBUSY);
        };
        let mut there = LockContext::new(&other);
        let Ok(there) = there.mmap_read_trylock() else {
            return Err(EBUSY);
        };
        let (here, mut scope) = here.split();
        let (one, two) = (here.vma_lookup(BASE), there.vma_lookup(TABLE));
        let (one, two) = (one.ok_or(EFAULT)?, two.ok_or(EFAULT)?);
        let one = one.tables()?.pmd_entry(BASE).or(Err(ENOENT))?;
        let two = two.tables()?.pmd_entry(TABLE).or(Err(ENOENT))?;
        let locks = [
            SpinLock::of_pte_table(&mm, &one)?,
            SpinLock::of_pte_table(&other, &two)?,
        ];
        let held = LocksHeld::count();
        let pair = one.lock_pte_tables(&mut scope, &two).or(Err(ENOENT))?;
        expect!(!pair.is_one_lock() && held.and(4));
        expect!(locks[0].is_mine() && locks[1].is_mine());
        expect!(pair.first().iter().count() == 3 && pair.second().iter().count() == 1);
        expect!(pair.second().get(TABLE)?.is_present());
        expect!(pair.second().get(BASE + PAGE_SIZE).err() == Some(EFAULT) || TABLE == BASE);
        drop(pair);
        expect!(held.and(0) && locks[0].is_not_mine() && locks[1].is_not_mine());
        Ok(())
    }

    #[test]
    fn opposite_orders_do_not_deadlock() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 3)?;
        let other = OtherMm::new(|mm| {
            mm.map(BASE, 1, PROT_READ | PROT_WRITE)?;
            mm.touch(BASE, 1)
        })?;
        let count = Arc::new(Atomic::new(0), GFP_KERNEL)?;
        let passed = Event::new()?;
        let thread = Thread::spawn({
            let (mm, other) = (mm.share(), (*other).clone());
            let (count, passed): (Arc<Atomic<usize>>, _) = (count.clone(), passed.clone());
            move || {
                if lock_both((&other, BASE), (&mm, BASE), &count).is_ok() {
                    passed.happen();
                }
            }
        })?;
        lock_both((&mm, BASE), (&other, BASE), &count)?;
        expect!(eventually(|| passed.happened()));
        expect!(thread.join());
        // Both held both locks each time, so no round was lost.
        expect!(count.load(Relaxed) == 2 * ROUNDS);
        Ok(())
    }
}
