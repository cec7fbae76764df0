// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the way from a page to the VMAs that map it.

use crate::{
    bindings,
    mm::guard::{
        builtin::{
            anon_vma::AnonVmaGuard,
            folio::{
                folio_lock,
                get_user_folio,
                Folio,
                FolioRef, //
            }, //
        },
        order::{
            LockContext,
            NothingHeld, //
        },
        rmap::i_mmap::{
            RmapRead,
            RmapWrite, //
        },
        tests::fixture::*, //
    }, //
};
use kernel::{
    mm::{
        virt::flags,
        MmWithUser, //
    },
    page::PAGE_SIZE,
    prelude::*, //
};

/// The page that the tests look up, and its number.
const ADDR: usize = BASE + PAGE_SIZE;
const PAGE: usize = ADDR / PAGE_SIZE;

/// The folio that is mapped at `addr`.
fn folio_at(mm: &MmWithUser, addr: usize) -> Result<FolioRef> {
    let mut ctx = LockContext::new(mm);
    let mut guard = ctx.mmap_read_lock();
    get_user_folio(&mut guard, addr)
}

/// Whether the folio leads to an `anon_vma`.
fn is_mapped_anon(folio: &Folio) -> bool {
    let mut nothing = NothingHeld::new();
    let mut locked = folio_lock(&mut nothing, folio);
    let found = locked.lock_anon_vma_read().is_some();
    found
}

/// Whether the lock of the VMA's `anon_vma` can be had at once for writing.
fn try_write(mm: &MmWithUser) -> bool {
    let mut ctx = LockContext::new(mm);
    let Ok(mut vma) = ctx.stabilise(BASE) else {
        return false;
    };
    let taken = AnonVmaGuard::<'_, RmapWrite>::trylock(&mut vma).is_some();
    taken
}

/// Whether the lock of the VMA's `anon_vma` can be had at once for reading.
fn try_read(mm: &MmWithUser) -> bool {
    let mut ctx = LockContext::new(mm);
    let Ok(mut vma) = ctx.stabilise(BASE) else {
        return false;
    };
    let taken = AnonVmaGuard::<'_, RmapRead>::trylock(&mut vma).is_some();
    taken
}

#[kunit_tests(mmguard_folio)]
mod suite {
    use super::*;

    #[test]
    fn anonymous_page_leads_to_its_vma() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 3)?;
        let folio = folio_at(&mm, ADDR)?;
        let mut nothing = NothingHeld::new();
        let mut locked = folio_lock(&mut nothing, &folio);
        expect!(locked.pgoff() == PAGE);
        let guard = locked.lock_anon_vma_read().ok_or(EINVAL)?;
        let mut vmas = guard.vmas(PAGE..=PAGE);
        let vma = vmas.next().ok_or(EINVAL)?;
        expect!(vma.start() == BASE && vma.end() == BASE + 3 * PAGE_SIZE);
        expect!(vma.belongs_to(&mm));
        expect!(vmas.next().is_none());
        // The lock is the VMA's, and is held for reading.
        expect!(!elsewhere_with(&mm, try_write)?);
        expect!(elsewhere_with(&mm, try_read)?);
        drop(guard);
        expect!(elsewhere_with(&mm, try_write)?);
        Ok(())
    }

    #[test]
    fn page_is_faulted_in() -> Result {
        let mm = TestMm::empty()?;
        let file = test_file(2)?;
        mm.map_file(BASE, 2, Sharing::Shared, &file, 0)?;
        let mut nothing = NothingHeld::new();
        let folio = folio_at(&mm, ADDR)?;
        expect!(folio_lock(&mut nothing, &folio).pgoff() == 1);
        expect!(folio_at(&mm, UNMAPPED).err() == Some(EFAULT));
        Ok(())
    }

    #[test]
    fn page_of_a_file_leads_nowhere() -> Result {
        let mm = TestMm::empty()?;
        let file = test_file(1)?;
        mm.map_file(BASE, 1, Sharing::Shared, &file, 0)?;
        mm.touch(BASE, 1)?;
        expect!(!is_mapped_anon(&*folio_at(&mm, BASE)?));

        // A private copy is another page, and anonymous.
        mm.map_file(BASE, 1, Sharing::Private, &file, 0)?;
        let of_file = folio_at(&mm, BASE)?;
        expect!(!is_mapped_anon(&of_file));
        mm.touch(BASE, 1)?;
        expect!(is_mapped_anon(&*folio_at(&mm, BASE)?));
        expect!(!is_mapped_anon(&of_file));
        Ok(())
    }

    #[test]
    fn unmapped_page_leads_nowhere() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 3)?;
        let folio = folio_at(&mm, ADDR)?;
        expect!(is_mapped_anon(&folio));
        // The `anon_vma` stays, for other pages.
        mm.unmap(ADDR, 1)?;
        expect!(!is_mapped_anon(&folio));

        let folio = folio_at(&mm, BASE)?;
        expect!(is_mapped_anon(&folio));
        // The `anon_vma` goes.
        mm.unmap(BASE, 3)?;
        expect!(!is_mapped_anon(&folio));
        Ok(())
    }

    #[test]
    fn writer_is_waited_for() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 3)?;
        let folio = folio_at(&mm, ADDR)?;
        let mut ctx = LockContext::new(&mm);
        let mut vma = ctx.stabilise(BASE)?;
        // SAFETY: The VMA is stable, and has an `anon_vma`.
        let rwsem = unsafe { &raw mut (*(*(*vma.as_ptr()).anon_vma).root).rwsem };
        let guard = AnonVmaGuard::<'_, RmapWrite>::lock(&mut vma).ok_or(EINVAL)?;
        let found = Event::new()?;
        let thread = Thread::spawn({
            let found = found.clone();
            move || {
                if is_mapped_anon(&folio) {
                    found.happen();
                }
            }
        })?;
        expect!(eventually(|| is_awaited(rwsem)));
        expect!(!found.happened());
        drop(guard);
        expect!(thread.join());
        expect!(found.happened());
        expect!(elsewhere_with(&mm, try_write)?);
        Ok(())
    }

    #[test]
    fn folio_lock_excludes() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 1)?;
        let (folio, again) = (folio_at(&mm, BASE)?, folio_at(&mm, BASE)?);
        let mut nothing = NothingHeld::new();
        let locked = folio_lock(&mut nothing, &folio);
        let (begun, taken) = (Event::new()?, Event::new()?);
        let thread = Thread::spawn({
            let (begun, taken) = (begun.clone(), taken.clone());
            move || {
                begun.happen();
                drop(folio_lock(&mut NothingHeld::new(), &again));
                taken.happen();
            }
        })?;
        expect!(begun.wait());
        kernel::time::delay::fsleep(kernel::time::Delta::from_millis(100));
        expect!(!taken.happened());
        drop(locked);
        expect!(taken.wait());
        expect!(thread.join());
        Ok(())
    }

    #[test]
    fn lock_freezes_the_range_and_not_the_flags() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 3)?;
        let folio = folio_at(&mm, ADDR)?;
        let mut nothing = NothingHeld::new();
        let mut locked = folio_lock(&mut nothing, &folio);
        let guard = locked.lock_anon_vma_read().ok_or(EINVAL)?;
        let vma = guard.vmas(PAGE..=PAGE).next().ok_or(EINVAL)?;
        // SAFETY: The VMA stays in the tree of its `anon_vma`, whose lock is held.
        let rwsem = unsafe { &raw mut (*(*(*vma.as_ptr()).anon_vma).root).rwsem };

        // A writer of most fields is not kept out.
        expect!(vma.unstable_flags().hint() & flags::DONTDUMP == 0);
        expect!(elsewhere_with(&mm, |mm| {
            let mut ctx = LockContext::new(mm);
            let mut guard = ctx.mmap_write_lock();
            let vma = guard.vma_start_write(BASE);
            vma.is_ok_and(|mut vma| vma.set_flags(flags::DONTDUMP).is_ok())
        })?);
        expect!(vma.unstable_flags().hint() & flags::DONTDUMP != 0);

        // A writer of the range is.
        let unmapped = Event::new()?;
        let thread = Thread::spawn(unmap_elsewhere(&mm, BASE + 2 * PAGE_SIZE, 1, &unmapped))?;
        expect!(eventually(|| is_awaited(rwsem)));
        expect!(!unmapped.happened());
        expect!(vma.start() == BASE && vma.end() == BASE + 3 * PAGE_SIZE);
        drop(guard);
        expect!(unmapped.wait());
        expect!(thread.join());
        drop(locked);
        expect!(LockContext::new(&mm).stabilise(BASE)?.end() == BASE + 2 * PAGE_SIZE);
        Ok(())
    }

    #[test]
    fn references_are_given_back() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 1)?;
        let folio = folio_at(&mm, BASE)?;
        let count = || {
            let folio: *const Folio = &raw const *folio;
            // SAFETY: The folio is valid: it begins with its first page, whose reference count is
            // atomic. CAST: `Folio` is a transparent wrapper.
            unsafe {
                let page = folio.cast::<bindings::page>();
                (&raw const (*page)._refcount.counter).read_volatile()
            }
        };
        // Those of the page table, of this task, and perhaps of a batch that waits for the LRU.
        let before = count();
        expect!(before >= 2);
        let again = folio_at(&mm, BASE)?;
        expect!(count() == before + 1);
        drop(again);
        expect!(count() == before);
        Ok(())
    }
}
