// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the reverse mapping.

use crate::{
    bindings,
    mm::guard::{
        builtin::{
            anon_vma::AnonVmaMode,
            rmap::{
                mapping_vmas,
                VmaWriteAllGuard, //
            }, //
        },
        order::{
            LockContext,
            LockScope,
            NothingHeld, //
        },
        rmap::i_mmap::{
            i_mmap_lock_read,
            i_mmap_lock_write,
            i_mmap_trylock_read,
            i_mmap_trylock_write,
            IMmapGuard,
            RmapMode,
            RmapRead,
            RmapWrite, //
        },
        table::NoTableReason,
        tests::fixture::*, //
    }, //
};
use kernel::{
    fs::{
        File,
        LocalFile, //
    },
    mm::{
        virt::flags,
        MmWithUser, //
    },
    page::PAGE_SIZE,
    prelude::*,
    sync::aref::ARef, //
};

fn try_read_file(file: &LocalFile) -> bool {
    i_mmap_trylock_read(&mut NothingHeld::new(), file).is_some()
}

fn try_write_file(file: &LocalFile) -> bool {
    i_mmap_trylock_write(&mut NothingHeld::new(), file).is_some()
}

/// An `anon_vma`, for a task that has not locked its VMA.
#[derive(Clone, Copy)]
struct RawAnonVma(*mut bindings::anon_vma);

// SAFETY: The pointer is used by `try_lock` alone, of which the tests see to it that it is valid.
unsafe impl Send for RawAnonVma {}

impl RawAnonVma {
    /// The `anon_vma` of a VMA, which must be stable.
    fn of(vma: *mut bindings::vm_area_struct) -> Self {
        // SAFETY: The VMA is stable.
        Self(unsafe { (*vma).anon_vma })
    }

    fn rwsem(self) -> *mut bindings::rw_semaphore {
        // SAFETY: The `anon_vma` is valid.
        unsafe { &raw mut (*(*self.0).root).rwsem }
    }

    /// Whether the lock can be had at once.
    fn try_lock<M: AnonVmaMode>(self) -> bool {
        // SAFETY: The `anon_vma` is valid. What was taken is released.
        unsafe {
            let taken = M::trylock(self.0);
            if taken {
                M::unlock(self.0);
            }
            taken
        }
    }
}

/// Whether a file's lock, or that of an `anon_vma`, is free, as another task sees it.
///
/// Returns `Some(false)` if it is held for writing, and `None` if for reading.
fn file_is_free(file: &ARef<File>) -> Result<Option<bool>> {
    let (for_read, for_write) = (file.clone(), file.clone());
    let read = elsewhere(move || try_read_file(&for_read))?;
    let write = elsewhere(move || try_write_file(&for_write))?;
    Ok((read == write).then_some(read))
}

/// As [`file_is_free`].
fn anon_is_free(anon_vma: RawAnonVma) -> Result<Option<bool>> {
    // A closure takes all of it.
    let read = elsewhere(move || ({ anon_vma }).try_lock::<RmapRead>())?;
    let write = elsewhere(move || ({ anon_vma }).try_lock::<RmapWrite>())?;
    Ok((read == write).then_some(read))
}

/// Takes all locks of the VMA at [`BASE`], for another task to run.
fn write_all(mm: &TestMm, taken: &Event) -> impl FnOnce() + Send + 'static {
    let (mm, taken) = (mm.share(), taken.clone());
    move || {
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let Ok(mut vma) = guard.vma_start_write(BASE) else {
            return;
        };
        drop(VmaWriteAllGuard::lock(&mut vma));
        taken.happen();
    }
}

/// Sets a flag of the VMA at [`BASE`].
fn write_most(mm: &MmWithUser) -> bool {
    let mut ctx = LockContext::new(mm);
    let mut guard = ctx.mmap_write_lock();
    let vma = guard.vma_start_write(BASE);
    vma.is_ok_and(|mut vma| vma.set_flags(flags::DONTDUMP).is_ok())
}

/// Changes the VMAs of a file, while its lock is held, and sees what has to wait.
fn freezes_the_range_and_not_the_flags<M: RmapMode>(
    hold: for<'a> fn(&'a mut NothingHeld, &'a LocalFile) -> IMmapGuard<'a, M>,
) -> Result {
    let mm = TestMm::empty()?;
    let file = test_file(3)?;
    mm.map_file(BASE, 3, Sharing::Shared, &file, 0)?;
    let mut nothing = NothingHeld::new();
    let guard = hold(&mut nothing, &file);
    let vma = mapping_vmas(&guard, 0..=2).next().ok_or(EINVAL)?;
    expect!(vma.unstable_flags().hint() & flags::DONTDUMP == 0);
    expect!(elsewhere_with(&mm, write_most)?);
    expect!(vma.unstable_flags().hint() & flags::DONTDUMP != 0);

    let unmapped = Event::new()?;
    let thread = Thread::spawn(unmap_elsewhere(&mm, BASE + 2 * PAGE_SIZE, 1, &unmapped))?;
    expect!(eventually(|| is_awaited(i_mmap_rwsem(&file))));
    expect!(!unmapped.happened());
    expect!(vma.start() == BASE && vma.end() == BASE + 3 * PAGE_SIZE);
    drop(guard);
    expect!(unmapped.wait());
    expect!(thread.join());
    let guard = i_mmap_lock_read(&mut nothing, &file);
    let ends = mapping_vmas(&guard, 0..=2).map(|vma| vma.end());
    expect!(ends.eq([BASE + 2 * PAGE_SIZE]));
    Ok(())
}

#[kunit_tests(mmguard_rmap)]
mod suite {
    use super::*;

    #[test]
    fn mapping_vmas_are_those_in_range() -> Result {
        /// Where the VMAs are: two of this mm, one of another.
        const PLACES: [usize; 3] = [BASE, BASE + 8 * PAGE_SIZE, BASE + 16 * PAGE_SIZE];

        let mm = TestMm::empty()?;
        let file = test_file(8)?;
        mm.map_file(PLACES[0], 3, Sharing::Shared, &file, 0)?;
        mm.map_file(PLACES[1], 2, Sharing::Private, &file, 4)?;
        // Another file, and no file.
        mm.map_file(
            BASE + 24 * PAGE_SIZE,
            8,
            Sharing::Shared,
            &*test_file(8)?,
            0,
        )?;
        mm.map(BASE + 40 * PAGE_SIZE, 8, PROT_READ)?;
        let other = OtherMm::new({
            let file = file.clone();
            move |mm| mm.map_file(PLACES[2], 4, Sharing::Shared, &file, 2)
        })?;

        let mut nothing = NothingHeld::new();
        let guard = i_mmap_lock_read(&mut nothing, &file);
        // What of the VMAs each range of pages has.
        let ranges = [
            (0..=0, [true, false, false]),
            (2..=2, [true, false, true]),
            (3..=3, [false, false, true]),
            (4..=5, [false, true, true]),
            (6..=usize::MAX, [false, false, false]),
            (0..=usize::MAX, [true, true, true]),
        ];
        for (range, expected) in ranges {
            let mut seen = [false; 3];
            for vma in mapping_vmas(&guard, range) {
                let place = PLACES.iter().position(|place| *place == vma.start());
                let place = place.ok_or(EINVAL)?;
                expect!(!seen[place]);
                seen[place] = true;
                let (pages, pgoff) = [(3, 0), (2, 4), (4, 2)][place];
                expect!(vma.end() == vma.start() + pages * PAGE_SIZE);
                expect!(vma.pgoff() == Some(pgoff));
                expect!(vma.belongs_to(&mm) == (place != 2));
                expect!(vma.belongs_to(&other) == (place == 2));
                let shared = vma.unstable_flags().hint() & flags::SHARED != 0;
                expect!(shared == (place != 1));
            }
            expect!(seen == expected);
        }
        drop(guard);

        // Those of a mm that is gone are gone.
        mm.unmap(PLACES[0], 3)?;
        drop(other);
        let guard = i_mmap_lock_write(&mut nothing, &file);
        let starts = mapping_vmas(&guard, 0..=7).map(|vma| vma.start());
        expect!(starts.eq([PLACES[1]]));
        Ok(())
    }

    #[test]
    fn write_all_of_an_unfaulted_vma_takes_nothing() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        expect!(!vma.has_anon_vma() && !vma.has_file());
        let all = VmaWriteAllGuard::lock(&mut vma);
        expect!(all.start() == BASE && !all.has_anon_vma());
        drop(all);
        // The VMA write lock stays.
        expect!(!elsewhere_with(&mm, |mm| {
            LockContext::new(mm).lock_vma_under_rcu(BASE).is_ok()
        })?);
        Ok(())
    }

    #[test]
    fn write_all_of_an_anonymous_vma() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        let anon_vma = RawAnonVma::of(vma.as_ptr());
        expect!(anon_is_free(anon_vma)? == Some(true));
        let mut all = VmaWriteAllGuard::lock(&mut vma);
        expect!(anon_is_free(anon_vma)? == Some(false));
        all.set_flags(flags::DONTDUMP)?;
        drop(all);
        expect!(anon_is_free(anon_vma)? == Some(true));
        expect!(vma.flags() & flags::DONTDUMP != 0);
        Ok(())
    }

    #[test]
    fn write_all_of_a_shared_file() -> Result {
        let mm = TestMm::empty()?;
        let (file, other) = (test_file(1)?, test_file(1)?);
        mm.map_file(BASE, 1, Sharing::Shared, &file, 0)?;
        mm.touch(BASE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        expect!(!vma.has_anon_vma());
        expect!(file_is_free(&file)? == Some(true));
        let all = VmaWriteAllGuard::lock(&mut vma);
        expect!(file_is_free(&file)? == Some(false));
        expect!(file_is_free(&other)? == Some(true));
        drop(all);
        expect!(file_is_free(&file)? == Some(true));
        Ok(())
    }

    #[test]
    fn write_all_of_a_private_file() -> Result {
        let mm = TestMm::empty()?;
        let file = test_file(2)?;
        mm.map_file(BASE, 2, Sharing::Private, &file, 0)?;
        // Before a page was copied, it is in one of the trees; after that in both.
        for copied in [false, true] {
            if copied {
                mm.touch(BASE, 1)?;
            }
            let mut ctx = LockContext::new(&mm);
            let mut guard = ctx.mmap_write_lock();
            let mut vma = guard.vma_start_write(BASE)?;
            expect!(vma.has_file() && vma.has_anon_vma() == copied);
            let anon_vma = RawAnonVma::of(vma.as_ptr());
            let all = VmaWriteAllGuard::lock(&mut vma);
            expect!(file_is_free(&file)? == Some(false));
            expect!(!copied || anon_is_free(anon_vma)? == Some(false));
            drop(all);
            expect!(file_is_free(&file)? == Some(true));
            expect!(!copied || anon_is_free(anon_vma)? == Some(true));
        }
        Ok(())
    }

    #[test]
    fn write_all_waits_for_readers_of_the_file() -> Result {
        let mm = TestMm::empty()?;
        let file = test_file(1)?;
        mm.map_file(BASE, 1, Sharing::Private, &file, 0)?;
        mm.touch(BASE, 1)?;
        let mut nothing = NothingHeld::new();
        let guard = i_mmap_lock_read(&mut nothing, &file);
        let taken = Event::new()?;
        let thread = Thread::spawn(write_all(&mm, &taken))?;
        expect!(eventually(|| is_awaited(i_mmap_rwsem(&file))));
        expect!(!taken.happened());
        drop(guard);
        expect!(taken.wait());
        expect!(thread.join());
        Ok(())
    }

    #[test]
    fn write_all_waits_for_readers_of_the_anon_vma() -> Result {
        let mm = TestMm::empty()?;
        let file = test_file(1)?;
        mm.map_file(BASE, 1, Sharing::Private, &file, 0)?;
        mm.touch(BASE, 1)?;
        let anon_vma = {
            let mut ctx = LockContext::new(&mm);
            let vma = ctx.stabilise(BASE)?;
            RawAnonVma::of(vma.as_ptr())
        };
        // SAFETY: The VMA keeps its `anon_vma`, as nobody unmaps it.
        unsafe { RmapRead::lock(anon_vma.0) };
        let taken = Event::new()?;
        let thread = Thread::spawn(write_all(&mm, &taken));
        let waits = eventually(|| is_awaited(anon_vma.rwsem()));
        let too_early = taken.happened();
        // It has the file's lock already: the order is that.
        let file_held = file_is_free(&file);
        // SAFETY: It was taken above.
        unsafe { RmapRead::unlock(anon_vma.0) };
        let thread = thread?;
        expect!(waits && !too_early);
        expect!(file_held? == Some(false));
        expect!(taken.wait());
        expect!(thread.join());
        Ok(())
    }

    #[test]
    fn readers_wait_for_write_all() -> Result {
        let mm = TestMm::empty()?;
        let file = test_file(1)?;
        mm.map_file(BASE, 1, Sharing::Private, &file, 0)?;
        mm.touch(BASE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        let anon_vma = RawAnonVma::of(vma.as_ptr());
        let all = VmaWriteAllGuard::lock(&mut vma);
        let (of_file, of_anon) = (Event::new()?, Event::new()?);
        let file_reader = Thread::spawn({
            let (file, of_file) = (file.clone(), of_file.clone());
            move || {
                drop(i_mmap_lock_read(&mut NothingHeld::new(), &file));
                of_file.happen();
            }
        })?;
        let anon_reader = Thread::spawn({
            let of_anon = of_anon.clone();
            move || {
                let RawAnonVma(anon_vma) = { anon_vma };
                // SAFETY: The VMA keeps its `anon_vma`, as nobody unmaps it.
                unsafe {
                    RmapRead::lock(anon_vma);
                    RmapRead::unlock(anon_vma);
                }
                of_anon.happen();
            }
        })?;
        expect!(eventually(|| is_awaited(i_mmap_rwsem(&file))));
        expect!(eventually(|| is_awaited(anon_vma.rwsem())));
        expect!(!of_file.happened() && !of_anon.happened());
        drop(all);
        expect!(of_file.wait() && of_anon.wait());
        expect!(file_reader.join() && anon_reader.join());
        Ok(())
    }

    #[test]
    fn tables_are_read_under_the_lock_of_a_file() -> Result {
        let mm = TestMm::empty()?;
        let file = test_file(2)?;
        mm.map_file(BASE, 2, Sharing::Shared, &file, 0)?;
        mm.touch(BASE, 1)?;
        let mut nothing = NothingHeld::new();
        let mut guard = i_mmap_lock_read(&mut nothing, &file);
        let (guard, mut scope) = guard.split();
        let vma = mapping_vmas(guard, 0..=1).next().ok_or(EINVAL)?;
        let pmd = vma.tables()?.pmd_entry(BASE).or(Err(ENOENT))?;
        expect!(!pmd.lock_pmd_table(&mut scope).get().is_leaf());
        let table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
        let present = table.iter().map(|(addr, pte)| (addr, pte.is_present()));
        expect!(present.eq([(BASE, true), (BASE + PAGE_SIZE, false)]));
        Ok(())
    }

    #[test]
    fn write_all_keeps_pmd_entries() -> Result {
        let (mm, file) = (TestMm::empty()?, test_file(ENTRIES)?);
        mm.map_file(TABLE, ENTRIES, Sharing::Shared, &file, 0)?;
        mm.touch(TABLE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(TABLE)?;
        let all = VmaWriteAllGuard::lock(&mut vma);
        let pmd = all.tables()?.pmd_entry(TABLE).or(Err(ENOENT))?;
        expect!(pmd.get().no_table_reason().is_none());

        // A huge page of the file takes its tables away, in every mm, under the file's lock alone.
        let collapsed = Event::new()?;
        let other = Thread::spawn({
            let (file, collapsed) = (file.clone(), collapsed.clone());
            move || {
                let collapse = || {
                    let mm = TestMm::empty()?;
                    mm.map_file(2 * TABLE, ENTRIES, Sharing::Shared, &file, 0)?;
                    mm.touch(2 * TABLE, ENTRIES)?;
                    madvise(&mm, 2 * TABLE, ENTRIES, MADV_COLLAPSE)
                };
                if collapse().is_ok() {
                    collapsed.happen();
                }
            }
        })?;
        expect!(eventually(|| is_awaited(i_mmap_rwsem(&file))));
        expect!(!collapsed.happened());
        expect!(pmd.get().no_table_reason().is_none());
        drop(all);
        drop(guard);
        expect!(collapsed.wait());
        expect!(other.join());
        let vma = ctx.stabilise(TABLE)?;
        let pmd = vma.tables()?.pmd_entry(TABLE).or(Err(ENOENT))?;
        let reason = pmd.read_lockless().hint().no_table_reason();
        expect!(reason == Some(NoTableReason::Empty));
        Ok(())
    }

    #[test]
    fn read_lock_freezes_the_range_and_not_the_flags() -> Result {
        freezes_the_range_and_not_the_flags(i_mmap_lock_read)
    }

    #[test]
    fn write_lock_freezes_the_range_and_not_the_flags() -> Result {
        freezes_the_range_and_not_the_flags(i_mmap_lock_write)
    }
}
