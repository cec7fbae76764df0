// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the pages that a driver maps into user space.

use crate::{
    bindings,
    mm::guard::{
        driver::insert_page::vm_insert_page,
        order::{
            LockContext,
            LockScope, //
        },
        tests::fixture::*, //
    }, //
};
use kernel::{
    alloc::flags::__GFP_ZERO,
    mm::{
        virt::flags,
        MmWithUser, //
    },
    page::{
        Page,
        PAGE_SIZE, //
    },
    prelude::*, //
};

/// What is in the page that is mapped.
const CONTENT: u8 = 0xb7;

fn page() -> Result<Page> {
    let page = Page::alloc_page(GFP_KERNEL | __GFP_ZERO)?;
    // SAFETY: Nobody else has the page.
    unsafe { page.write_raw(&CONTENT, 0, 1)? };
    Ok(page)
}

/// Inserts a page into the VMA at `vma`, under its read lock or else the mmap read lock.
fn insert(mm: &MmWithUser, vma: usize, addr: usize, page: &Page) -> Result {
    let mut ctx = LockContext::new(mm);
    let mut guard = ctx.stabilise(vma)?;
    let (vma, mut scope) = guard.split();
    // SAFETY: The VMA is one of the test, and the page is zeroed, and for this alone.
    unsafe { vm_insert_page(&mut scope, vma, addr, page) }
}

#[kunit_tests(mmguard_insert_page)]
mod suite {
    use super::*;

    #[test]
    fn page_is_mapped_where_the_vma_may_have_it() -> Result {
        let (mm, page) = (TestMm::empty()?, page()?);
        mm.map(BASE, 3, PROT_READ | PROT_WRITE)?;
        let addr = BASE + PAGE_SIZE;

        // Not without the flag, whatever is held, and the flag is not for anybody to set.
        expect!(insert(&mm, BASE, addr, &page) == Err(EINVAL));
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        let (held, mut scope) = vma.split();
        // SAFETY: As in `insert`.
        let inserted = unsafe { vm_insert_page(&mut scope, held, addr, &page) };
        expect!(inserted == Err(EINVAL));
        expect!(vma.set_flags(flags::MIXEDMAP) == Err(EPERM));
        expect!(vma.flags() & flags::MIXEDMAP == 0);
        // SAFETY: The VMA is write-locked. Nothing is mapped in it, and no driver has it.
        unsafe { bindings::vm_flags_set(vma.as_ptr(), flags::MIXEDMAP) };
        drop(guard);

        insert(&mm, BASE, addr, &page)?;
        expect!(pte_at(&mm, addr)?.is_present());
        expect!(mm.read(addr)? == CONTENT && mm.read(addr + 1)? == 0);
        expect!(insert(&mm, BASE, addr, &page) == Err(EBUSY));
        for outside in [BASE - 1, BASE + 3 * PAGE_SIZE] {
            expect!(insert(&mm, BASE, outside, &page) == Err(EFAULT));
        }

        // It has references of its own: the page outlives its maker.
        drop(page);
        expect!(mm.read(addr)? == CONTENT);
        Ok(())
    }

    #[cfg(CONFIG_TRANSPARENT_HUGEPAGE)]
    #[test]
    fn huge_page_is_in_the_way() -> Result {
        let (mm, page) = (TestMm::empty()?, page()?);
        mm.map_huge(TABLE, 1)?;
        mm.touch(TABLE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let vma = guard.vma_start_write(TABLE)?;
        // SAFETY: The VMA is write-locked, and no driver has it. The flag goes before it matters.
        unsafe { bindings::vm_flags_set(vma.as_ptr(), flags::MIXEDMAP) };
        drop(guard);
        let inserted = insert(&mm, TABLE, TABLE + PAGE_SIZE, &page);
        let mut guard = ctx.mmap_write_lock();
        let vma = guard.vma_start_write(TABLE)?;
        // SAFETY: The VMA is write-locked.
        unsafe { bindings::vm_flags_clear(vma.as_ptr(), flags::MIXEDMAP) };
        drop(guard);
        expect!(inserted == Err(EBUSY));
        expect!(mm.read(TABLE)? == 1);
        Ok(())
    }
}
