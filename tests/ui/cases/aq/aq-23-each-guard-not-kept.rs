// SPDX-License-Identifier: GPL-2.0-only
// AQ-23: a guard that is not kept releases the lock at once; leaking it is legal.
//@lock: PteLockGuard

use kernel::{fs::LocalFile, mm::MmWithUser, prelude::*};
use mmguard::mmap::{MmGuard, Read, Write};
use mmguard::order::{LockContext, NothingHeld};
use mmguard::rmap::i_mmap::{i_mmap_trylock_read, i_mmap_trylock_write};
use mmguard::table::{pte_lock::PteLockGuard, NoTable, PmdEntry};
use mmguard::vma::{lock::VmaReadGuard, rcu::RcuVma};

fn vmas(mm: &MmGuard<'_, Read>) {
    mm.vmas(0); //~ unused_must_use
}

fn two_mms(ctx: &mut LockContext<'_>, inner: &MmWithUser) -> Result {
    ctx.mmap_write_lock_nested(inner)?; //~ unused_must_use
    Ok(())
}

fn range(mm: &mut MmGuard<'_, Write>) -> Result {
    mm.vma_start_write_range_killable(0..1)?; //~ unused_must_use
    Ok(())
}

fn vma(ctx: &mut LockContext<'_>, addr: usize) -> Option<()> {
    ctx.lock_vma_under_rcu(addr).ok()?; //~ unused_must_use
    Some(())
}

fn beside(vma: &mut VmaReadGuard<'_>, rcu: &RcuVma<'_>, mm: &MmWithUser) {
    vma.mmap_read_trylock(); //~ unused_must_use
    rcu.belongs_to(mm); //~ unused_must_use
}

fn file(nothing: &mut NothingHeld, file: &LocalFile) {
    i_mmap_trylock_read(nothing, file); //~ unused_must_use
    i_mmap_trylock_write(nothing, file); //~ unused_must_use
}

fn table<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> Result<(), NoTable> {
    pmd.lock_pte_table(nothing)?; //~ unused_must_use
    Ok(())
}

fn tables<'a>(nothing: &'a mut NothingHeld, pmds: [&PmdEntry<'a, Read>; 2]) -> Result<(), NoTable> {
    pmds[0].lock_pte_tables(nothing, pmds[1])?; //~ unused_must_use
    Ok(())
}

fn rcu<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> Result<(), NoTable> {
    pmd.map_pte_table_rcu(nothing)?; //~ unused_must_use
    Ok(())
}

fn entries(table: &PteLockGuard<'_, Read>) {
    table.iter(); //~ unused_must_use
    table.runs(); //~ unused_must_use
}
