// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the fields of a VMA.

use super::super::LockContext;
use super::fixture::*;
use crate::bindings;
use kernel::{
    mm::virt::flags,
    page::PAGE_SIZE,
    prelude::*, //
};

#[kunit_tests(mmguard_vma)]
mod suite {
    use super::*;

    #[test]
    fn fields_of_an_anonymous_vma() -> Result {
        let mm = TestMm::empty()?;
        mm.map(BASE, 2, PROT_READ)?;
        let mut ctx = LockContext::new(&mm);
        let vma = ctx.stabilise(BASE)?;
        expect!(vma.start() == BASE);
        expect!(vma.end() == BASE + 2 * PAGE_SIZE);
        expect!(vma.pgoff() == BASE / PAGE_SIZE);
        let access = flags::READ | flags::WRITE | flags::EXEC;
        expect!(vma.flags() & access == flags::READ);
        // SAFETY: The function only computes.
        let prot = unsafe { bindings::vm_get_page_prot(vma.flags()) };
        expect!(vma.page_prot().pgprot == prot.pgprot);
        expect!(vma.is_anonymous());
        expect!(!vma.has_file());
        expect!(vma.anon_name().is_none());
        expect!(vma.special_name().is_none());
        let mut buf = [0; 16];
        expect!(vma.file_path(&mut buf)?.is_none());
        Ok(())
    }

    #[test]
    fn flags_on_the_allow_list() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        let before = vma.flags();
        let both = flags::DONTDUMP | flags::DONTCOPY;
        vma.set_flags(both)?;
        expect!(vma.flags() == before | both);
        vma.clear_flags(flags::DONTDUMP)?;
        expect!(vma.flags() == before | flags::DONTCOPY);
        vma.clear_flags(flags::DONTCOPY)?;
        expect!(vma.flags() == before);
        Ok(())
    }

    #[test]
    fn other_flags_are_refused() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        let before = vma.flags();
        for flag in [flags::WRITE, flags::PFNMAP, flags::HUGETLB, flags::MAYREAD] {
            expect!(vma.set_flags(flag | flags::DONTDUMP) == Err(EPERM));
            expect!(vma.clear_flags(flag | flags::DONTDUMP) == Err(EPERM));
            expect!(vma.flags() == before);
        }
        Ok(())
    }

    #[test]
    fn special_vmas_keep_their_flags() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        let before = vma.flags();
        vma.set_flags(flags::DONTDUMP | flags::DONTCOPY)?;
        for special in [flags::IO, flags::DONTEXPAND, flags::PFNMAP, flags::MIXEDMAP] {
            // SAFETY: The VMA is write-locked. The flag says that it is a driver's, which is taken
            // back below, before anything can rely on it.
            unsafe { bindings::vm_flags_set(vma.as_ptr(), special) };
            let dump = vma.clear_flags(flags::DONTDUMP);
            let copy = vma.clear_flags(flags::DONTCOPY);
            // SAFETY: As above.
            unsafe { bindings::vm_flags_clear(vma.as_ptr(), special) };
            expect!(dump == Err(EINVAL) && copy == Err(EINVAL));
        }
        vma.clear_flags(flags::DONTDUMP | flags::DONTCOPY)?;
        expect!(vma.flags() == before);
        Ok(())
    }

    #[test]
    #[cfg(CONFIG_64BIT)]
    fn sealed_and_droppable_vmas_keep_their_flags() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        let both = (1 << bindings::VMA_SEALED_BIT) | (1 << bindings::VMA_DROPPABLE_BIT);
        vma.set_flags(flags::DONTDUMP)?;
        // SAFETY: The VMA is write-locked, and its mm has no user but this test.
        unsafe { bindings::vm_flags_set(vma.as_ptr(), both) };
        let copy = vma.set_flags(flags::DONTCOPY);
        let dump = vma.clear_flags(flags::DONTDUMP);
        // SAFETY: As above.
        unsafe { bindings::vm_flags_clear(vma.as_ptr(), both) };
        expect!(copy == Err(EPERM) && dump == Err(EINVAL));
        vma.set_flags(flags::DONTCOPY)?;
        vma.clear_flags(flags::DONTDUMP)?;
        Ok(())
    }

    #[test]
    fn page_prot_is_written() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        let before = vma.page_prot();
        // SAFETY: The function only computes.
        let no_access = unsafe { bindings::vm_get_page_prot(flags::NONE) };
        expect!(no_access.pgprot != before.pgprot);
        // SAFETY: This takes access away from user space, and then gives back what it had.
        unsafe { vma.set_page_prot(no_access) };
        expect!(vma.page_prot().pgprot == no_access.pgprot);
        // SAFETY: As above.
        unsafe { vma.set_page_prot(before) };
        expect!(vma.page_prot().pgprot == before.pgprot);
        Ok(())
    }
}
