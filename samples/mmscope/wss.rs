// SPDX-License-Identifier: GPL-2.0-only

//! Which pages were accessed since the last look: the working set.
//!
//! In the kernel only, as a module cannot clear accessed bits.

use super::{
    guard::{
        order::{
            uaccess::OrderedUserSlice,
            LockScope,
            NothingHeld, //
        },
        table::NoTableReason,
        vma::stable::StableGuard, //
    },
    is_interrupted,
    uapi::{
        self,
        Wss,
        WssRow, //
    },
    Target, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*,
    transmute::{
        AsBytes,
        FromBytes, //
    },
    uaccess::{
        UserPtr,
        UserSlice, //
    },
};

/// The most PTE tables and huge pages that one call looks at. It bounds the time of the call.
const MAX_STEPS: usize = 256;

// SAFETY: The type has no padding, and any bits are a valid value of it.
unsafe impl FromBytes for Wss {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for Wss {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for WssRow {}

/// Counts the pages of `target` that were accessed, and forgets that they were.
pub(super) fn read(target: &Target, wss: &mut Wss) -> Result {
    let mut from = target.start_of_walk(wss.from)?;
    if wss.flags & !uapi::WSS_FLUSH != 0 || wss.reserved != 0 {
        return Err(EINVAL);
    }
    let flush = wss.flags & uapi::WSS_FLUSH != 0;
    let buf = UserPtr::from_addr(usize::try_from(wss.buf)?);
    let mut writer =
        OrderedUserSlice::new(UserSlice::new(buf, usize::try_from(wss.buf_len)?)).writer();
    if writer.len() < size_of::<WssRow>() {
        return Err(ENOSPC);
    }

    *wss = Wss {
        buf: wss.buf,
        flags: wss.flags,
        ..Wss::default()
    };
    let mut steps = MAX_STEPS;
    // What is forgotten must be told, so there is room for a row before it is made.
    while steps > 0 && writer.len() >= size_of::<WssRow>() && !is_interrupted(wss.rows) {
        let row = target.look(|ctx| match ctx.walk_vmas(from).next_vma()? {
            Some(mut vma) => look(&mut vma, from, &mut steps, flush).map(Some),
            None => Ok(None),
        })?;
        let Some(row) = row else {
            wss.end = 1;
            break;
        };
        from = row.end as usize;
        writer.write(&mut NothingHeld::new(), &row)?;
        wss.buf_len += size_of::<WssRow>() as u64;
        wss.rows += 1;
    }
    wss.from = from as u64;
    Ok(())
}

/// Looks at the pages of a VMA from an address on, while there are steps to do.
fn look(
    guard: &mut StableGuard<'_>,
    from: usize,
    steps: &mut usize,
    flush: bool,
) -> Result<WssRow> {
    let (vma, mut scope) = guard.split();
    let end = vma.end();
    let mut addr = from.max(vma.start());
    let mut row = WssRow {
        start: addr as u64,
        ..WssRow::default()
    };
    // The tables of hugetlb are not for this, nor is a stack in `execve`.
    let Ok(tables) = vma.tables() else {
        *steps -= 1;
        row.row_flags = uapi::WSS_ROW_UNINSPECTED;
        row.end = end as u64;
        return Ok(row);
    };
    let mut stale = vma.stale_tlb();
    while addr < end && *steps > 0 {
        *steps -= 1;
        let pmd = match tables.pmd_entry(addr) {
            Ok(pmd) => pmd,
            Err(no_table) => {
                addr = no_table.end();
                continue;
            }
        };
        let no_table = match pmd.lock_pte_table(&mut scope) {
            Ok(table) => {
                for (addr, pte) in table.iter_from(addr) {
                    if pte.is_present() && !pte.is_special() {
                        row.present += 1;
                        row.young += u64::from(table.test_and_clear_young(addr, &mut stale)?);
                    }
                }
                addr = table.end();
                continue;
            }
            Err(no_table) => no_table,
        };
        if no_table.reason() == NoTableReason::Leaf {
            let locked = pmd.lock_pmd_table(&mut scope);
            let leaf = locked.get();
            if !leaf.is_leaf() {
                // It has just been split or unmapped, and is looked at again.
                continue;
            }
            if !leaf.is_special() {
                let pages = ((no_table.end() - addr) / PAGE_SIZE) as u64;
                row.huge += pages;
                if locked.test_and_clear_young(&mut stale)? {
                    row.huge_young += pages;
                }
            }
        }
        addr = no_table.end();
    }
    // All at once, while the VMA is still locked.
    if flush {
        stale.flush();
    } else {
        stale.leave();
    }
    row.end = addr as u64;
    Ok(row)
}
