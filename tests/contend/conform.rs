// SPDX-License-Identifier: GPL-2.0-only

//! Looks at VMAs of a process under RCU alone, as often as the request says.

use super::uapi::{
    Conform,
    Look, //
};
use kernel::{
    mm::MmWithUser,
    prelude::*,
    sync::{
        atomic::{
            Acquire,
            Atomic, //
        },
        barrier::{
            smp_mb,
            Read, //
        }, //
    },
    uaccess::{
        UserPtr,
        UserSlice, //
    },
};
use mmguard::{
    mmap::pid::mm_from_pid,
    order::LockContext, //
};

/// Looks at the addresses by turns, and writes what it saw where the request says.
pub(crate) fn conform(request: &mut Conform) -> Result {
    if request.places == 0 || request.looks > Conform::MAX_LOOKS {
        return Err(EINVAL);
    }
    let addr = usize::try_from(request.addr)?;
    let step = usize::try_from(request.step)?;
    let mut looks = KVec::with_capacity(request.looks as usize, GFP_KERNEL)?;
    let mm = mm_from_pid(request.pid)?;
    let mut ctx = LockContext::new(&mm);
    request.no_vma = 0;
    while looks.len() < request.looks as usize {
        let turn = looks.len() + request.no_vma as usize;
        if turn % 1024 == 0 && current!().signal_pending() {
            return Err(EINTR);
        }
        let place = step.wrapping_mul(turn % request.places as usize);
        match look(&mm, &mut ctx, addr.wrapping_add(place)) {
            Some(look) => looks.push(look, GFP_KERNEL)?,
            None => request.no_vma += 1,
        }
    }
    let mut buf = UserSlice::new(
        UserPtr::from_addr(usize::try_from(request.buf)?),
        looks.len() * size_of::<Look>(),
    )
    .writer();
    for look in &looks {
        buf.write(look)?;
    }
    Ok(())
}

/// The loads of one look, in the order of the model's observer (`tests/model/src/observer.rs`).
fn look(mm: &MmWithUser, ctx: &mut LockContext<'_>, addr: usize) -> Option<Look> {
    // SAFETY: The mm is valid, as it is borrowed.
    let seq = unsafe { &raw mut (*mm.as_raw()).__bindgen_anon_1.mm_lock_seq.sequence };
    // SAFETY: The field is valid and aligned. C writes it by plain stores of a whole word, as it
    // does for its own readers, who have no lock either.
    let seq = unsafe { Atomic::from_ptr(seq) };
    let section = ctx.rcu_read_lock();
    let mm_lock_seq = seq.load(Acquire);
    let vma = section.vma_lookup(addr)?;
    let vm_refcnt = vma.vm_refcnt().hint();
    smp_mb(Read);
    let vm_lock_seq = vma.vm_lock_seq().hint();
    smp_mb(Read);
    let own = vma.belongs_to(mm).hint();
    smp_mb(Read);
    Some(Look {
        mm_lock_seq,
        vm_refcnt,
        vm_lock_seq,
        own: own.into(),
        mm_lock_seq_after: seq.load(Acquire),
    })
}
