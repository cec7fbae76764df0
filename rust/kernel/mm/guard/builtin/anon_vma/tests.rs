// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the lock of anonymous VMAs.

use crate::{
    bindings,
    mm::guard::{
        builtin::anon_vma::{
            anon_vma_prepare,
            AnonVmaGuard,
            AnonVmaMode, //
        },
        order::{
            rights::Stabilises,
            LockContext, //
        },
        rmap::i_mmap::{
            RmapRead,
            RmapWrite, //
        },
        tests::fixture::*,
        vma::Vma, //
    }, //
};
use core::ptr::NonNull;
use kernel::{
    error::to_result,
    mm::{
        virt::flags,
        MmWithUser, //
    },
    page::PAGE_SIZE,
    prelude::*, //
};

/// The page number of [`BASE`].
const PAGE: usize = BASE / PAGE_SIZE;

/// Makes an mm with a VMA of three pages, each of which was written to.
fn touched() -> Result<TestMm> {
    let mm = TestMm::new()?;
    mm.touch(BASE, 3)?;
    Ok(mm)
}

/// The semaphore of a VMA's `anon_vma`, which the VMA must have.
fn rwsem<L: Stabilises>(vma: &Vma<'_, L>) -> *mut bindings::rw_semaphore {
    // SAFETY: The VMA is stable, so it keeps its `anon_vma`, and that its root.
    unsafe { &raw mut (*(*(*vma.as_ptr()).anon_vma).root).rwsem }
}

/// Takes the lock, of the VMA at `addr`.
fn take<M: AnonVmaMode>(mm: &MmWithUser, addr: usize) -> bool {
    let mut ctx = LockContext::new(mm);
    let Ok(mut vma) = ctx.stabilise(addr) else {
        return false;
    };
    let taken = AnonVmaGuard::<'_, M>::lock(&mut vma).is_some();
    taken
}

/// As [`take`], by the try form.
fn try_take<M: AnonVmaMode>(mm: &MmWithUser, addr: usize) -> bool {
    let mut ctx = LockContext::new(mm);
    let Ok(mut vma) = ctx.stabilise(addr) else {
        return false;
    };
    let taken = AnonVmaGuard::<'_, M>::trylock(&mut vma).is_some();
    taken
}

/// Holds the lock, and sees that another task has to wait to take it, until it is released.
fn excludes<M: AnonVmaMode, N: AnonVmaMode>() -> Result {
    let mm = touched()?;
    let mut ctx = LockContext::new(&mm);
    let mut vma = ctx.stabilise(BASE)?;
    let rwsem = rwsem(&vma);
    let guard = AnonVmaGuard::<'_, M>::lock(&mut vma).ok_or(EINVAL)?;
    expect!(!elsewhere_with(&mm, |mm| try_take::<N>(mm, BASE))?);

    let taken = Event::new()?;
    let thread = Thread::spawn({
        let (mm, taken) = (mm.share(), taken.clone());
        move || {
            if take::<N>(&mm, BASE) {
                taken.happen();
            }
        }
    })?;
    expect!(eventually(|| is_awaited(rwsem)));
    expect!(!taken.happened());
    drop(guard);
    expect!(taken.wait());
    expect!(thread.join());
    expect!(elsewhere_with(&mm, |mm| try_take::<RmapWrite>(mm, BASE))?);
    Ok(())
}

/// A VMA that `fork` would make for the child, which is not attached.
struct Child(NonNull<bindings::vm_area_struct>);

extern "C" {
    /// Of `mm/internal.h`.
    fn anon_vma_fork(vma: *mut c_void, pvma: *mut c_void) -> c_int;
    /// Of `mm/internal.h`.
    fn unlink_anon_vmas(vma: *mut c_void);
}

impl Child {
    /// # Safety
    ///
    /// The parent must be write-locked, and stay so for as long as the child.
    unsafe fn of(parent: *mut bindings::vm_area_struct) -> Result<Self> {
        // SAFETY: The parent is valid, and its mmap write lock is held.
        let child = NonNull::new(unsafe { bindings::vm_area_dup(parent) }).ok_or(ENOMEM)?;
        // SAFETY: As above, and the child is new.
        let linked = to_result(unsafe { anon_vma_fork(child.as_ptr().cast(), parent.cast()) });
        if linked.is_err() {
            // SAFETY: The child is not attached.
            unsafe { bindings::vm_area_free(child.as_ptr()) };
        }
        linked.map(|()| Self(child))
    }

    fn anon_vma(&self) -> *mut bindings::anon_vma {
        // SAFETY: The child is valid.
        unsafe { (*self.0.as_ptr()).anon_vma }
    }

    /// Whether the lock of the child's `anon_vma` can be had at once.
    fn try_lock<M: AnonVmaMode>(&self) -> bool {
        // SAFETY: The `anon_vma` is valid. What was taken is released.
        unsafe {
            let taken = M::trylock(self.anon_vma());
            if taken {
                M::unlock(self.anon_vma());
            }
            taken
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // SAFETY: The child is not attached, and the mmap write lock is held.
        unsafe {
            unlink_anon_vmas(self.0.as_ptr().cast());
            bindings::vm_area_free(self.0.as_ptr());
        }
    }
}

#[kunit_tests(mmguard_anon_vma)]
mod suite {
    use super::*;

    #[test]
    fn read_shares_with_read() -> Result {
        let mm = touched()?;
        let mut ctx = LockContext::new(&mm);
        let mut vma = ctx.stabilise(BASE)?;
        let guard = AnonVmaGuard::<'_, RmapRead>::lock(&mut vma).ok_or(EINVAL)?;
        expect!(elsewhere_with(&mm, |mm| take::<RmapRead>(mm, BASE))?);
        expect!(elsewhere_with(&mm, |mm| try_take::<RmapRead>(mm, BASE))?);
        drop(guard);
        Ok(())
    }

    #[test]
    fn read_excludes_write() -> Result {
        excludes::<RmapRead, RmapWrite>()
    }

    #[test]
    fn write_excludes_read() -> Result {
        excludes::<RmapWrite, RmapRead>()
    }

    #[test]
    fn write_excludes_write() -> Result {
        excludes::<RmapWrite, RmapWrite>()
    }

    #[test]
    fn try_forms_lock() -> Result {
        let mm = touched()?;
        let mut ctx = LockContext::new(&mm);
        let mut vma = ctx.stabilise(BASE)?;
        let guard = AnonVmaGuard::<'_, RmapRead>::trylock(&mut vma).ok_or(EINVAL)?;
        expect!(elsewhere_with(&mm, |mm| try_take::<RmapRead>(mm, BASE))?);
        expect!(!elsewhere_with(&mm, |mm| try_take::<RmapWrite>(mm, BASE))?);
        drop(guard);
        let guard = AnonVmaGuard::<'_, RmapWrite>::trylock(&mut vma).ok_or(EINVAL)?;
        expect!(!elsewhere_with(&mm, |mm| try_take::<RmapRead>(mm, BASE))?);
        expect!(!elsewhere_with(&mm, |mm| try_take::<RmapWrite>(mm, BASE))?);
        drop(guard);
        expect!(elsewhere_with(&mm, |mm| try_take::<RmapWrite>(mm, BASE))?);
        Ok(())
    }

    #[test]
    fn unfaulted_vma_has_none() -> Result {
        let mm = TestMm::new()?;
        expect!(!take::<RmapRead>(&mm, BASE));
        expect!(!take::<RmapWrite>(&mm, BASE));
        expect!(!try_take::<RmapRead>(&mm, BASE));
        expect!(!try_take::<RmapWrite>(&mm, BASE));
        mm.touch(BASE, 1)?;
        expect!(take::<RmapRead>(&mm, BASE));
        Ok(())
    }

    #[test]
    fn split_vmas_share_the_lock() -> Result {
        let mm = touched()?;
        let other = BASE + 2 * PAGE_SIZE;
        mm.unmap(BASE + PAGE_SIZE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let mut vma = ctx.stabilise(BASE)?;
        expect!(vma.end() == BASE + PAGE_SIZE);
        let guard = AnonVmaGuard::<'_, RmapWrite>::lock(&mut vma).ok_or(EINVAL)?;
        expect!(!elsewhere_with(&mm, move |mm| try_take::<RmapRead>(
            mm, other
        ))?);
        expect!(!elsewhere_with(&mm, move |mm| try_take::<RmapWrite>(
            mm, other
        ))?);
        drop(guard);
        expect!(elsewhere_with(&mm, move |mm| try_take::<RmapWrite>(
            mm, other
        ))?);
        Ok(())
    }

    #[test]
    fn vmas_of_other_roots_do_not() -> Result {
        let mm = touched()?;
        let other = BASE + 4 * PAGE_SIZE;
        // Read-only, so that it is not merged, nor like to be.
        mm.map(other, 1, PROT_NONE)?;
        let mut ctx = LockContext::new(&mm);
        anon_vma_prepare(&mut ctx.mmap_read_lock(), other)?;
        let mut vma = ctx.stabilise(BASE)?;
        let guard = AnonVmaGuard::<'_, RmapWrite>::lock(&mut vma).ok_or(EINVAL)?;
        expect!(elsewhere_with(&mm, move |mm| try_take::<RmapWrite>(
            mm, other
        ))?);
        drop(guard);
        Ok(())
    }

    #[test]
    fn child_has_the_lock_of_its_root() -> Result {
        let mm = touched()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        // SAFETY: The VMA is write-locked, and the child goes before its guard.
        let child = unsafe { Child::of(vma.as_ptr()) }?;
        // SAFETY: Both are valid.
        let (own, root) = unsafe {
            let of_parent = (*vma.as_ptr()).anon_vma;
            (
                child.anon_vma() != of_parent,
                (*child.anon_vma()).root == (*of_parent).root,
            )
        };
        expect!(own && root);

        let held = AnonVmaGuard::<'_, RmapWrite>::lock(&mut vma).ok_or(EINVAL)?;
        expect!(!child.try_lock::<RmapRead>() && !child.try_lock::<RmapWrite>());
        // The parent's tree has both.
        expect!(held.vmas(PAGE..=PAGE).count() == 2);
        drop(held);

        // SAFETY: As above.
        expect!(unsafe { RmapWrite::trylock(child.anon_vma()) });
        let read = AnonVmaGuard::<'_, RmapRead>::trylock(&mut vma).is_some();
        let write = AnonVmaGuard::<'_, RmapWrite>::trylock(&mut vma).is_some();
        // SAFETY: It was just taken.
        unsafe { RmapWrite::unlock(child.anon_vma()) };
        expect!(!read && !write);
        Ok(())
    }

    #[test]
    fn prepare_gives_one() -> Result {
        let mm = TestMm::new()?;
        let file = test_file(1)?;
        let (shared, private) = (BASE + 4 * PAGE_SIZE, BASE + 6 * PAGE_SIZE);
        mm.map_file(shared, 1, Sharing::Shared, &file, 0)?;
        mm.map_file(private, 1, Sharing::Private, &file, 0)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_read_lock();
        for addr in [BASE + PAGE_SIZE, private] {
            expect!(!guard.vma_lookup(addr).ok_or(EINVAL)?.has_anon_vma());
            anon_vma_prepare(&mut guard, addr)?;
            let vma = guard.vma_lookup(addr).ok_or(EINVAL)?;
            expect!(vma.has_anon_vma());
            // SAFETY: The VMA is stable.
            let first = unsafe { (*vma.as_ptr()).anon_vma };
            anon_vma_prepare(&mut guard, addr)?;
            let vma = guard.vma_lookup(addr).ok_or(EINVAL)?;
            // SAFETY: As above.
            expect!(unsafe { (*vma.as_ptr()).anon_vma } == first);
        }
        expect!(anon_vma_prepare(&mut guard, shared) == Err(EINVAL));
        expect!(anon_vma_prepare(&mut guard, UNMAPPED) == Err(EFAULT));
        drop(guard);
        let mut guard = ctx.mmap_write_lock();
        expect!(anon_vma_prepare(&mut guard, shared) == Err(EINVAL));
        expect!(!guard.vma_lookup(shared).ok_or(EINVAL)?.has_anon_vma());
        Ok(())
    }

    #[test]
    fn vmas_are_those_in_range() -> Result {
        let mm = touched()?;
        mm.unmap(BASE + PAGE_SIZE, 1)?;
        // Not of this `anon_vma`.
        mm.map(BASE + 4 * PAGE_SIZE, 1, PROT_READ)?;
        let mut ctx = LockContext::new(&mm);
        let mut vma = ctx.stabilise(BASE)?;
        expect!(vma.anon_pgoff() == PAGE && vma.pgoff() == Some(PAGE));
        let prot = vma.page_prot();
        let guard = AnonVmaGuard::<'_, RmapRead>::lock(&mut vma).ok_or(EINVAL)?;
        let ranges: [(_, &[usize]); 6] = [
            (0..=PAGE - 1, &[]),
            (PAGE..=PAGE, &[0]),
            (PAGE + 1..=PAGE + 1, &[]),
            (PAGE + 1..=PAGE + 2, &[2]),
            (0..=usize::MAX, &[0, 2]),
            (PAGE + 3..=usize::MAX, &[]),
        ];
        for (range, pages) in ranges {
            let mut seen = 0;
            for vma in guard.vmas(range) {
                let page = (vma.start() - BASE) / PAGE_SIZE;
                expect!(pages.contains(&page));
                expect!(vma.end() == vma.start() + PAGE_SIZE);
                expect!(vma.anon_pgoff() == PAGE + page);
                expect!(vma.belongs_to(&mm));
                let access = flags::READ | flags::WRITE | flags::EXEC | flags::SHARED;
                expect!(vma.unstable_flags().hint() & access == flags::READ | flags::WRITE);
                expect!(vma.unstable_page_prot().hint().pgprot == prot.pgprot);
                seen += 1;
            }
            expect!(seen == pages.len());
        }
        Ok(())
    }
}
