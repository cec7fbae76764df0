// SPDX-License-Identifier: GPL-2.0-only

//! A module for a kernel that has the crate in it, which uses one thing of `kernel::mm::guard`.
//!
//! `scripts/exports` says which. `guards` is for modules; the others are what core mm keeps for
//! itself, and the module must not link.

use kernel::{
    mm::guard::{
        builtin::*,
        order::{
            LockContext,
            LockScope, //
        },
        rmap::i_mmap::RmapRead, //
    },
    prelude::*, //
};

module! {
    type: Module,
    name: "mmguard_uses",
    authors: ["mmguard developers"],
    description: "Module that uses one thing of kernel::mm::guard",
    license: "GPL",
}

struct Module;

impl kernel::Module for Module {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let current = current!();
        let mm = current.mm().ok_or(EINVAL)?;
        uses(&mut LockContext::new(mm))?;
        Ok(Self)
    }
}

#[cfg(uses_guards)]
fn uses(ctx: &mut LockContext<'_>) -> Result {
    let vma = ctx.stabilise(0)?;
    pr_info!("{:#x}-{:#x}\n", vma.start(), vma.end());
    drop(vma);
    let mut mm = ctx.mmap_write_lock();
    let vma = mm.vma_start_write(0)?;
    pr_info!("{:#x}-{:#x}\n", vma.start(), vma.end());
    Ok(())
}

#[cfg(uses_anon_vma)]
fn uses(ctx: &mut LockContext<'_>) -> Result {
    let mut vma = ctx.stabilise(0)?;
    let lock = anon_vma::AnonVmaGuard::<RmapRead>::lock(&mut vma);
    pr_info!("{}\n", lock.is_some());
    Ok(())
}

#[cfg(uses_detached)]
fn uses(ctx: &mut LockContext<'_>) -> Result {
    detached::munmap(&mut ctx.mmap_write_lock(), 0..kernel::page::PAGE_SIZE)
}

#[cfg(uses_folio)]
fn uses(ctx: &mut LockContext<'_>) -> Result {
    let folio = folio::get_user_folio(&mut ctx.mmap_read_lock(), 0)?;
    pr_info!("{}\n", folio::folio_lock(ctx, &folio).pgoff());
    Ok(())
}

#[cfg(uses_mempolicy)]
fn uses(ctx: &mut LockContext<'_>) -> Result {
    let mut vma = ctx.stabilise(0)?;
    let (vma, mut scope) = vma.split();
    mempolicy::dup_vm_policy(&mut scope, vma)?;
    Ok(())
}

#[cfg(uses_rmap)]
fn uses(ctx: &mut LockContext<'_>) -> Result {
    let mut mm = ctx.mmap_write_lock();
    let mut vma = mm.vma_start_write(0)?;
    let vma = rmap::VmaWriteAllGuard::lock(&mut vma);
    pr_info!("{:#x}-{:#x}\n", vma.start(), vma.end());
    Ok(())
}

#[cfg(uses_stack)]
fn uses(ctx: &mut LockContext<'_>) -> Result {
    drop(stack::expand_stack(ctx.mmap_read_lock(), 0)?);
    Ok(())
}

#[cfg(uses_table_alloc)]
fn uses(ctx: &mut LockContext<'_>) -> Result {
    let mut vma = ctx.stabilise(0)?;
    let (vma, mut scope) = vma.split();
    let pmd = table_alloc::alloc_pte_table(&mut scope, vma, 0)?;
    pr_info!("{}\n", pmd.addr());
    Ok(())
}

#[cfg(uses_young)]
fn uses(ctx: &mut LockContext<'_>) -> Result {
    let mut vma = ctx.stabilise(0)?;
    let (vma, mut scope) = vma.split();
    if let Ok(pmd) = vma.tables()?.pmd_entry(0) {
        let mut stale = vma.stale_tlb();
        let huge = pmd.lock_pmd_table(&mut scope);
        pr_info!("{}\n", huge.test_and_clear_young(&mut stale)?);
    }
    Ok(())
}

#[cfg(uses_vma)]
fn uses(ctx: &mut LockContext<'_>) -> Result {
    pr_info!("{:?}\n", ctx.stabilise(0)?.anon_pgoff());
    Ok(())
}

#[cfg(uses_pte_lock)]
fn uses(ctx: &mut LockContext<'_>) -> Result {
    let mut vma = ctx.stabilise(0)?;
    let (vma, mut scope) = vma.split();
    if let Ok(pmd) = vma.tables()?.pmd_entry(0) {
        pr_info!("{}\n", pmd.lock_pte_table(&mut scope).is_ok());
    }
    Ok(())
}

#[cfg(uses_pte_rcu)]
fn uses(ctx: &mut LockContext<'_>) -> Result {
    let mut vma = ctx.stabilise(0)?;
    let (vma, mut scope) = vma.split();
    if let Ok(pmd) = vma.tables()?.pmd_entry(0) {
        pr_info!("{}\n", pmd.map_pte_table_rcu(&mut scope).is_ok());
    }
    Ok(())
}

#[cfg(uses_walk)]
fn uses(ctx: &mut LockContext<'_>) -> Result {
    pr_info!("{}\n", ctx.walk_vmas(0).next_vma()?.is_some());
    Ok(())
}
