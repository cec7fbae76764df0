// SPDX-License-Identifier: GPL-2.0-only

//! Locks tables of a process that makes them vanish meanwhile.

use super::uapi;
use kernel::{
    bindings,
    ffi::c_ulong,
    prelude::*, //
};
use mmguard::{
    mmap::pid::mm_from_pid,
    order::{
        level::VmaLock,
        rights::SeesPfns,
        InnerScope,
        LockContext,
        LockScope, //
    },
    table::{
        NoTable,
        NoTableReason,
        PmdEntry, //
    },
    vma::{
        stable::VmaReadOrRead,
        Vma, //
    }, //
};

#[allow(improper_ctypes, reason = "only pointers to the types go there")]
unsafe extern "C" {
    fn mmguard_contend_holds_table(mm: *mut bindings::mm_struct, pmd: *mut bindings::pmd_t)
        -> bool;
    safe fn mmguard_contend_pmd_changes() -> c_ulong;
    safe fn mmguard_contend_watch() -> bool;
    safe fn mmguard_contend_unwatch() -> c_ulong;
}

/// Looks up tables and locks them, as often as the request says.
pub(crate) fn vanish(request: &mut uapi::Vanish) -> Result {
    let addr = usize::try_from(request.addr)?;
    let step = usize::try_from(request.step)?;
    if request.places == 0 {
        return Err(EINVAL);
    }
    let mm = mm_from_pid(request.pid)?;
    let mut ctx = LockContext::new(&mm);
    let changes = mmguard_contend_pmd_changes();
    if !mmguard_contend_watch() {
        return Err(EBUSY);
    }
    let result = look(request, &mut ctx, addr, step);
    request.misplaced = mmguard_contend_unwatch() as u64;
    request.changed = (mmguard_contend_pmd_changes() - changes) as u64;
    result
}

fn look(request: &mut uapi::Vanish, ctx: &mut LockContext<'_>, addr: usize, step: usize) -> Result {
    for i in 0..request.tries {
        if i % 1024 == 0 && current!().signal_pending() {
            return Err(EINTR);
        }
        let place = step.wrapping_mul((i % u64::from(request.places)) as usize);
        let addr = addr.wrapping_add(place);
        match ctx.stabilise(addr) {
            Ok(mut guard) => {
                let (vma, scope) = guard.split();
                one(vma, scope, addr, request)?;
            }
            Err(err) if err == EFAULT => request.no_vma += 1,
            Err(err) => return Err(err),
        }
    }
    Ok(())
}

/// Locks what there is at an address of a VMA.
fn one(
    vma: &Vma<'_, VmaReadOrRead>,
    mut scope: InnerScope<'_, VmaLock>,
    addr: usize,
    request: &mut uapi::Vanish,
) -> Result {
    let tables = vma.tables()?;
    let pmd = match tables.pmd_entry(addr) {
        Ok(pmd) => pmd,
        Err(no_table) => return count(request, no_table),
    };
    let who = SeesPfns::current_task()?;
    let wrong = |pmd: &PmdEntry<'_, _>| u64::from(!holds_table(vma, pmd, &who));
    let locked = match request.how {
        uapi::ONE => pmd.lock_pte_table(&mut scope).map(|_table| wrong(&pmd)),
        uapi::PAIR => tables
            .pmd_entry(addr.wrapping_add(uapi::TABLE as usize))
            .and_then(|second| {
                let _tables = pmd.lock_pte_tables(&mut scope, &second)?;
                Ok(wrong(&pmd) + wrong(&second))
            }),
        uapi::BELOW_PMD => pmd
            .lock_pmd_table(&mut scope)
            .lock_pte_table()
            .map(|_table| wrong(&pmd)),
        _ => return Err(EINVAL),
    };
    match locked {
        Ok(wrong) => {
            request.tables += 1;
            request.wrong += wrong;
        }
        Err(no_table) => count(request, no_table)?,
    }
    Ok(())
}

fn count(request: &mut uapi::Vanish, no_table: NoTable) -> Result {
    match no_table.reason() {
        NoTableReason::Empty => request.empty += 1,
        NoTableReason::Leaf => request.leaf += 1,
        NoTableReason::NotPresent => request.not_present += 1,
        NoTableReason::Bad | NoTableReason::Outside => return Err(EIO),
    }
    Ok(())
}

/// Whether the entry leads to a table whose lock this task holds.
fn holds_table(
    vma: &Vma<'_, VmaReadOrRead>,
    pmd: &PmdEntry<'_, VmaReadOrRead>,
    who: &SeesPfns,
) -> bool {
    // SAFETY: The VMA is borrowed, so its lock keeps its mm, and the table that the entry is in.
    unsafe { mmguard_contend_holds_table((*vma.as_ptr()).vm_mm, pmd.as_ptr(who)) }
}
