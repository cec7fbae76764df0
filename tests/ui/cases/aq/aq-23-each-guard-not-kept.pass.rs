// SPDX-License-Identifier: GPL-2.0-only
// AQ-23: a guard that is not kept releases the lock at once; leaking it is legal.
//@check-pass

use kernel::{fs::LocalFile, mm::MmWithUser, prelude::*};
use mmguard::mmap::{MmGuard, Read, Write};
use mmguard::order::{LockContext, NothingHeld};
use mmguard::rmap::i_mmap::{i_mmap_trylock_read, i_mmap_trylock_write};
use mmguard::table::{pte_lock::PteLockGuard, NoTable, PmdEntry};
use mmguard::vma::{lock::VmaReadGuard, rcu::RcuVma};

fn vmas(mm: &MmGuard<'_, Read>) {
    drop(mm.vmas(0));
}

fn two_mms(ctx: &mut LockContext<'_>, inner: &MmWithUser) -> Result {
    drop(ctx.mmap_write_lock_nested(inner)?);
    Ok(())
}

fn range(mm: &mut MmGuard<'_, Write>) -> Result {
    drop(mm.vma_start_write_range_killable(0..1)?);
    Ok(())
}

fn vma(ctx: &mut LockContext<'_>, addr: usize) -> Option<()> {
    drop(ctx.lock_vma_under_rcu(addr).ok()?);
    Some(())
}

fn beside(vma: &mut VmaReadGuard<'_>, rcu: &RcuVma<'_>, mm: &MmWithUser) {
    drop(vma.mmap_read_trylock());
    let _ = rcu.belongs_to(mm);
}

fn file(nothing: &mut NothingHeld, file: &LocalFile) {
    drop(i_mmap_trylock_read(nothing, file));
    drop(i_mmap_trylock_write(nothing, file));
}

fn table<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> Result<(), NoTable> {
    drop(pmd.lock_pte_table(nothing)?);
    Ok(())
}

fn tables<'a>(nothing: &'a mut NothingHeld, pmds: [&PmdEntry<'a, Read>; 2]) -> Result<(), NoTable> {
    drop(pmds[0].lock_pte_tables(nothing, pmds[1])?);
    Ok(())
}

fn rcu<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> Result<(), NoTable> {
    drop(pmd.map_pte_table_rcu(nothing)?);
    Ok(())
}

fn entries(table: &PteLockGuard<'_, Read>) {
    drop(table.iter());
    drop(table.runs());
}
