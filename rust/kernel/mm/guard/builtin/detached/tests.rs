// SPDX-License-Identifier: GPL-2.0-only

//! Tests of VMAs that are in no tree.

use crate::{
    bindings,
    mm::guard::{
        builtin::detached::{
            munmap,
            DetachedVma, //
        },
        order::{
            LockContext,
            NothingHeld, //
        },
        tests::fixture::*, //
    }, //
};
use core::{
    ops::Range,
    ptr::NonNull, //
};
use kernel::{
    mm::{
        virt::{
            flags,
            vm_flags_t, //
        },
        MmWithUser, //
    },
    page::PAGE_SIZE,
    prelude::*, //
};

/// Where the tests attach a VMA.
const NEW: Range<usize> = BASE + 4 * PAGE_SIZE..BASE + 6 * PAGE_SIZE;

/// What a VMA has that can be written to.
const WRITABLE: vm_flags_t = flags::READ | flags::WRITE | flags::MAYREAD | flags::MAYWRITE;

fn new_vma<'m>(
    mm: &'m MmWithUser,
    range: Range<usize>,
    flags: vm_flags_t,
) -> Result<DetachedVma<'m>> {
    DetachedVma::new(&mut NothingHeld::new(), mm, range, flags)
}

/// How many pages the mm says that it has mapped.
fn total_pages(mm: &MmWithUser) -> usize {
    // SAFETY: The mm is valid, and the tests change it from one task at a time.
    unsafe { (*mm.as_raw()).__bindgen_anon_1.total_vm }
}

/// Whether a task can read-lock the VMA at `addr` at once.
fn can_read_lock(mm: &MmWithUser, addr: usize) -> bool {
    LockContext::new(mm).lock_vma_under_rcu(addr).is_ok()
}

#[kunit_tests(mmguard_detached)]
mod suite {
    use super::*;

    #[test]
    fn attached_vma_is_found() -> Result {
        let mm = TestMm::new()?;
        let before = total_pages(&mm);
        let mut new = new_vma(&mm, NEW, WRITABLE)?;
        new.set_flags(flags::DONTDUMP | flags::DONTCOPY)?;
        new.set_flags(flags::DONTDUMP)?;
        let mut ctx = LockContext::new(&mm);
        // Not before it is attached.
        expect!(ctx.stabilise(NEW.start).err() == Some(EFAULT));

        let mut guard = ctx.mmap_write_lock();
        let vma = new.attach(&mut guard).map_err(|(_, err)| err)?;
        expect!(vma.start() == NEW.start && vma.end() == NEW.end);
        // It is write-locked.
        expect!(!elsewhere_with(&mm, |mm| can_read_lock(mm, NEW.start))?);
        let starts = [BASE, NEW.start];
        expect!(guard.vmas(0).map(|vma| vma.start()).eq(starts));
        drop(guard);
        expect!(elsewhere_with(&mm, |mm| can_read_lock(mm, NEW.start))? == PER_VMA_LOCK);

        let vma = ctx.stabilise(NEW.end - 1)?;
        expect!(vma.start() == NEW.start && vma.end() == NEW.end);
        expect!(vma.flags() == WRITABLE | flags::DONTDUMP);
        expect!(vma.pgoff() == Some(NEW.start / PAGE_SIZE));
        expect!(vma.anon_pgoff() == NEW.start / PAGE_SIZE);
        // SAFETY: The function only computes.
        let prot = unsafe { bindings::vm_get_page_prot(WRITABLE) };
        expect!(vma.page_prot().pgprot == prot.pgprot);
        expect!(vma.is_anonymous() && !vma.has_file() && !vma.has_anon_vma());
        expect!(vma.belongs_to(&mm));
        drop(vma);

        // It is memory.
        mm.touch(NEW.start, 2)?;
        expect!(ctx.stabilise(NEW.start)?.has_anon_vma());
        expect!(total_pages(&mm) == before + 2);
        mm.unmap(NEW.start, 2)?;
        expect!(total_pages(&mm) == before);
        expect!(ctx.stabilise(NEW.start).err() == Some(EFAULT));
        Ok(())
    }

    #[test]
    fn dropped_vma_was_never_there() -> Result {
        let mm = TestMm::new()?;
        drop(new_vma(&mm, NEW, WRITABLE)?);
        let mut ctx = LockContext::new(&mm);
        expect!(ctx.stabilise(NEW.start).err() == Some(EFAULT));
        expect!(ctx.mmap_read_lock().vmas(0).count() == 1);
        // Its place is free.
        let new = new_vma(&mm, NEW, WRITABLE)?;
        expect!(new.attach(&mut ctx.mmap_write_lock()).is_ok());
        Ok(())
    }

    #[test]
    fn other_flags_are_refused() -> Result {
        let mm = TestMm::new()?;
        for flag in [flags::SHARED, flags::PFNMAP, flags::HUGETLB, flags::ACCOUNT] {
            expect!(new_vma(&mm, NEW, WRITABLE | flag).err() == Some(EPERM));
        }
        // Fork would not see that the pages of such a VMA must be copied.
        for access in [flags::READ, flags::WRITE, flags::EXEC] {
            expect!(new_vma(&mm, NEW, access).err() == Some(EINVAL));
        }
        let mut new = new_vma(&mm, NEW, flags::READ | flags::MAYREAD)?;
        expect!(new.set_flags(flags::WRITE) == Err(EPERM));
        expect!(new.set_flags(flags::DONTDUMP | flags::SHARED) == Err(EPERM));
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let vma = new.attach(&mut guard).map_err(|(_, err)| err)?;
        expect!(vma.flags() == flags::READ | flags::MAYREAD);
        Ok(())
    }

    #[test]
    #[allow(clippy::reversed_empty_ranges)]
    fn bad_ranges_are_refused() -> Result {
        let mm = TestMm::new()?;
        // SAFETY: The mm is valid and no process runs in it, so nobody writes the field.
        let limit = unsafe { (*mm.as_raw()).__bindgen_anon_1.task_size };
        let ranges = [
            BASE..BASE,
            NEW.end..NEW.start,
            NEW.start + 1..NEW.end,
            NEW.start..NEW.end - 1,
            limit - PAGE_SIZE..limit + PAGE_SIZE,
            limit..usize::MAX & !(PAGE_SIZE - 1),
        ];
        for range in ranges {
            expect!(new_vma(&mm, range, WRITABLE).err() == Some(EINVAL));
        }
        expect!(new_vma(&mm, limit - PAGE_SIZE..limit, WRITABLE).is_ok());
        Ok(())
    }

    #[test]
    fn taken_range_is_refused() -> Result {
        let mm = TestMm::new()?;
        let before = total_pages(&mm);
        let range = BASE + 2 * PAGE_SIZE..BASE + 4 * PAGE_SIZE;
        let new = new_vma(&mm, range.clone(), WRITABLE)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let (new, err) = new.attach(&mut guard).err().ok_or(EINVAL)?;
        expect!(err == ENOMEM);
        expect!(guard.vmas(0).count() == 1);
        expect!(total_pages(&mm) == before);
        // What came back is good for another attempt.
        munmap(&mut guard, range.clone())?;
        let vma = new.attach(&mut guard).map_err(|(_, err)| err)?;
        expect!(vma.start() == range.start && vma.end() == range.end);
        Ok(())
    }

    #[test]
    fn other_mm_is_refused() -> Result {
        let mm = TestMm::new()?;
        let other = OtherMm::new(|_| Ok(()))?;
        let new = new_vma(&other, NEW, WRITABLE)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let (new, err) = new.attach(&mut guard).err().ok_or(EINVAL)?;
        expect!(err == EINVAL);
        expect!(guard.vma_lookup(NEW.start).is_none());
        drop(guard);
        let mut ctx = LockContext::new(&other);
        expect!(new.attach(&mut ctx.mmap_write_lock()).is_ok());
        expect!(ctx.stabilise(NEW.start)?.belongs_to(&other));
        Ok(())
    }

    #[test]
    fn detached_vma_gives_no_lock() -> Result {
        let mm = TestMm::new()?;
        // SAFETY: The mm is valid.
        let vma = NonNull::new(unsafe { bindings::vm_area_alloc(mm.as_raw()) }).ok_or(ENOMEM)?;
        // SAFETY: The VMA was just made for this mm, and is given up.
        let _new = unsafe { DetachedVma::from_raw(vma, &mm) };
        #[cfg(CONFIG_PER_VMA_LOCK)]
        {
            let mut ctx = LockContext::new(&mm);
            let guard = ctx.mmap_read_lock();
            // SAFETY: The VMA is valid, and the mmap lock is held. It is not taken, so there is
            // nothing to release.
            let taken = unsafe { bindings::vma_start_read_locked(vma.as_ptr()) };
            drop(guard);
            expect!(!taken);
            // No reader, and not one for the tree.
            expect!(readers(vma.as_ptr()) == u32::MAX);
        }
        Ok(())
    }

    #[test]
    fn munmap_takes_vmas_away() -> Result {
        let mm = TestMm::new()?;
        mm.map(NEW.start, 2, PROT_READ)?;
        mm.touch(BASE, 3)?;
        let before = total_pages(&mm);
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        // A part of one VMA, and of the next.
        munmap(&mut guard, BASE + 2 * PAGE_SIZE..NEW.start + PAGE_SIZE)?;
        let ranges = [
            (BASE, BASE + 2 * PAGE_SIZE),
            (NEW.start + PAGE_SIZE, NEW.end),
        ];
        expect!(guard.vmas(0).map(|vma| (vma.start(), vma.end())).eq(ranges));
        expect!(total_pages(&mm) == before - 2);
        // Nothing is there, which is no error.
        munmap(&mut guard, UNMAPPED..BASE)?;
        munmap(&mut guard, UNMAPPED..NEW.end)?;
        expect!(guard.vmas(0).next().is_none());
        drop(guard);
        expect!(ctx.stabilise(BASE).err() == Some(EFAULT));
        Ok(())
    }

    #[test]
    #[allow(clippy::reversed_empty_ranges)]
    fn munmap_refuses() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let last = usize::MAX & !(PAGE_SIZE - 1);
        for range in [
            BASE..BASE,
            BASE + PAGE_SIZE..BASE,
            BASE + 1..BASE + PAGE_SIZE,
            BASE..BASE + 1,
            BASE..last,
            last - PAGE_SIZE..last,
        ] {
            expect!(munmap(&mut guard, range) == Err(EINVAL));
        }
        let vma = guard.vma_start_write(BASE)?.as_ptr();
        let sealed = 1 << bindings::VMA_SEALED_BIT;
        // SAFETY: The VMA is write-locked, and its mm has no user but this test.
        unsafe { bindings::vm_flags_set(vma, sealed) };
        let refused = munmap(&mut guard, BASE..BASE + PAGE_SIZE);
        // SAFETY: As above; what was refused has changed nothing.
        unsafe { bindings::vm_flags_clear(vma, sealed) };
        expect!(refused == Err(EPERM));
        let vma = guard.vma_lookup(BASE).ok_or(EINVAL)?;
        expect!(vma.end() == BASE + 3 * PAGE_SIZE);
        Ok(())
    }

    #[test]
    fn munmap_is_for_the_mm_of_the_task() -> Result {
        let _mm = TestMm::new()?;
        let other = OtherMm::new(|mm| mm.map(BASE, 3, PROT_READ))?;
        let range = BASE..BASE + 3 * PAGE_SIZE;
        let mut ctx = LockContext::new(&other);
        let mut guard = ctx.mmap_write_lock();
        expect!(munmap(&mut guard, range.clone()) == Err(EINVAL));
        expect!(guard.vma_lookup(BASE).is_some());
        drop(guard);
        // A task without one.
        expect!(elsewhere({
            let (other, range) = ((*other).clone(), range.clone());
            move || {
                let mut ctx = LockContext::new(&other);
                let mut guard = ctx.mmap_write_lock();
                munmap(&mut guard, range) == Err(EINVAL)
            }
        })?);
        expect!(ctx.mmap_read_lock().vma_lookup(BASE).is_some());
        Ok(())
    }

    #[test]
    fn munmap_waits_for_a_reader() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let Ok(vma) = ctx.lock_vma_under_rcu(BASE) else {
            expect!(!PER_VMA_LOCK);
            return Ok(());
        };
        let unmapped = Event::new()?;
        let thread = Thread::spawn({
            let (mm, unmapped) = (mm.share(), unmapped.clone());
            move || {
                let done = in_mm(&mm, || {
                    let mut ctx = LockContext::new(&mm);
                    let mut guard = ctx.mmap_write_lock();
                    munmap(&mut guard, BASE..BASE + 3 * PAGE_SIZE)
                });
                if done.is_ok() {
                    unmapped.happen();
                }
            }
        })?;
        #[cfg(CONFIG_PER_VMA_LOCK)]
        expect!(eventually(|| writer_waits(vma.as_ptr())));
        expect!(!unmapped.happened());
        expect!(vma.start() == BASE && vma.end() == BASE + 3 * PAGE_SIZE);
        drop(vma);
        expect!(unmapped.wait());
        expect!(thread.join());
        expect!(ctx.stabilise(BASE).err() == Some(EFAULT));
        Ok(())
    }
}
