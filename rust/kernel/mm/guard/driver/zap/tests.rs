// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the emptying of page tables.

use crate::mm::guard::{
    driver::zap::{
        zap_hugetlb_vma_range,
        zap_vma_range, //
    },
    order::{
        LockContext,
        LockScope, //
    },
    tests::fixture::*, //
};
use kernel::{
    mm::MmWithUser,
    page::PAGE_SIZE,
    prelude::*, //
};

/// Zaps a range of the VMA at `vma`.
fn zap(mm: &MmWithUser, vma: usize, start: usize, len: usize) -> Result {
    let mut ctx = LockContext::new(mm);
    let mut guard = ctx.stabilise(vma)?;
    let (vma, mut scope) = guard.split();
    // SAFETY: The VMA is one of the test, and so are its pages.
    unsafe { zap_vma_range(&mut scope, vma, start, len) }
}

/// As [`zap`], for a VMA of hugetlb.
fn zap_hugetlb(mm: &MmWithUser, vma: usize, start: usize, len: usize) -> Result {
    let mut ctx = LockContext::new(mm);
    let mut guard = ctx.stabilise(vma)?;
    let (vma, mut scope) = guard.split();
    // SAFETY: The VMA is one of the test, and so are its pages.
    unsafe { zap_hugetlb_vma_range(&mut scope, vma, start, len) }
}

/// Whether the entries of the pages from [`BASE`] on are present where `expected` has `true`.
fn are_present(mm: &MmWithUser, expected: &[bool]) -> Result<bool> {
    with_table(mm, BASE, |table| {
        Ok(table
            .iter()
            .map(|(_, pte)| pte.is_present())
            .eq(expected.iter().copied()))
    })
}

#[kunit_tests(mmguard_zap)]
mod suite {
    use super::*;

    #[test]
    fn pages_of_the_range_are_lost() -> Result {
        let mm = TestMm::empty()?;
        mm.map(BASE, 6, PROT_READ | PROT_WRITE)?;
        mm.touch(BASE, 6)?;
        let tables = table_bytes(&mm);
        zap(&mm, BASE, BASE + PAGE_SIZE, 2 * PAGE_SIZE)?;
        expect!(are_present(&mm, &[true, false, false, true, true, true])?);
        zap(&mm, BASE, BASE + 5 * PAGE_SIZE, PAGE_SIZE)?;
        expect!(are_present(&mm, &[true, false, false, true, true, false])?);
        // The tables stay.
        expect!(table_bytes(&mm) == tables);
        for (page, content) in [1, 0, 0, 1, 1, 0].into_iter().enumerate() {
            expect!(mm.read(BASE + page * PAGE_SIZE)? == content);
        }
        Ok(())
    }

    #[test]
    fn range_over_two_tables() -> Result {
        let mm = TestMm::empty()?;
        let next = TABLE + TABLE_SIZE;
        mm.map(next - 2 * PAGE_SIZE, 4, PROT_READ | PROT_WRITE)?;
        mm.touch(next - 2 * PAGE_SIZE, 4)?;
        zap(&mm, next, next - PAGE_SIZE, 2 * PAGE_SIZE)?;
        for (page, content) in [1, 0, 0, 1].into_iter().enumerate() {
            expect!(mm.read(next - 2 * PAGE_SIZE + page * PAGE_SIZE)? == content);
        }
        zap(&mm, next, next - 2 * PAGE_SIZE, 4 * PAGE_SIZE)?;
        for page in 0..4 {
            expect!(mm.read(next - 2 * PAGE_SIZE + page * PAGE_SIZE)? == 0);
        }
        Ok(())
    }

    #[test]
    fn ranges_of_no_pages_are_refused() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 3)?;
        let ranges = [
            (BASE, 1),
            (BASE, 100),
            (BASE, PAGE_SIZE + 100),
            (BASE, PAGE_SIZE - 1),
            (BASE + 1, PAGE_SIZE),
            (BASE + 1, PAGE_SIZE - 1),
            (BASE + PAGE_SIZE / 2, PAGE_SIZE),
            (BASE + 1, 0),
            (BASE, usize::MAX),
        ];
        for (start, len) in ranges {
            expect!(zap(&mm, BASE, start, len) == Err(EINVAL));
            expect!(are_present(&mm, &[true; 3])?);
        }
        for page in 0..3 {
            expect!(mm.read(BASE + page * PAGE_SIZE)? == 1);
        }
        Ok(())
    }

    #[test]
    fn ranges_outside_the_vma_are_refused() -> Result {
        let mm = TestMm::new()?;
        let end = BASE + 3 * PAGE_SIZE;
        // A neighbour, which is no part of it.
        mm.map(end, 1, PROT_READ)?;
        expect!(mm.read(end)? == 0);
        mm.touch(BASE, 3)?;
        let last = usize::MAX - (PAGE_SIZE - 1);
        let ranges = [
            (UNMAPPED, PAGE_SIZE),
            (UNMAPPED, 2 * PAGE_SIZE),
            (BASE, 4 * PAGE_SIZE),
            (end, PAGE_SIZE),
            (end - PAGE_SIZE, 2 * PAGE_SIZE),
            (BASE, last),
            (BASE + PAGE_SIZE, last),
            (last, PAGE_SIZE),
            (last, 2 * PAGE_SIZE),
            (0, PAGE_SIZE),
            (UNMAPPED, 0),
            (end + PAGE_SIZE, 0),
        ];
        for (start, len) in ranges {
            expect!(zap(&mm, BASE, start, len) == Err(EFAULT));
        }
        expect!(are_present(&mm, &[true; 3])?);
        expect!(pte_at(&mm, end)?.is_present());
        Ok(())
    }

    #[test]
    fn nothing_is_zapped_of_an_empty_range() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 3)?;
        for page in 0..=3 {
            zap(&mm, BASE, BASE + page * PAGE_SIZE, 0)?;
        }
        expect!(are_present(&mm, &[true; 3])?);
        Ok(())
    }

    #[test]
    fn part_of_a_huge_page() -> Result {
        let mm = TestMm::empty()?;
        mm.map_huge(TABLE, 2)?;
        mm.touch(TABLE, 2 * ENTRIES)?;
        expect!(pte_at(&mm, TABLE).err() == Some(ENOENT));
        zap(&mm, TABLE, TABLE + 7 * PAGE_SIZE, PAGE_SIZE)?;
        // Other pages than that one keep their content, and now there is a table.
        with_table(&mm, TABLE, |table| {
            for (addr, pte) in table.iter() {
                expect!(pte.is_none() == (addr == TABLE + 7 * PAGE_SIZE));
            }
            Ok(())
        })?;
        for page in 0..ENTRIES {
            expect!(mm.read(TABLE + page * PAGE_SIZE)? == u8::from(page != 7));
        }
        // The other one is zapped whole.
        zap(&mm, TABLE, TABLE + TABLE_SIZE, TABLE_SIZE)?;
        expect!(mm.read(TABLE + TABLE_SIZE)? == 0);
        Ok(())
    }

    #[test]
    fn each_kind_of_vma_has_its_own_zap() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 3)?;
        expect!(zap_hugetlb(&mm, BASE, BASE, PAGE_SIZE) == Err(EINVAL));
        expect!(zap_hugetlb(&mm, BASE, BASE, 0) == Err(EINVAL));
        expect!(are_present(&mm, &[true; 3])?);
        Ok(())
    }
}
