// SPDX-License-Identifier: GPL-2.0-only

//! Readers: mm/mmap_lock.c:212 to 433, mmap_lock.h:238 to 265.

use crate::mm::{Mm, MmapRead};
use crate::mutant::{on, Mutant};
use crate::rcu::RcuRead;
use crate::seen::seen;
use crate::vma::{NotTaken, Vma};
use crate::world::World;
use loom::sync::atomic::Ordering::*;

/// How often -EAGAIN is tried again: a bound of the model, not of the kernel.
const RETRIES: u32 = 1;

/// A read-locked VMA.
#[must_use = "vma_end_read()"]
pub struct ReadLocked<'w> {
    world: &'w World,
    pub vma: &'w Vma,
}

/// Why there is no read lock. RCU was unlocked.
pub enum Refused {
    /// NULL: locked for writing, or another mm's.
    Locked,
    /// -EAGAIN: the VMA was detached meanwhile.
    Again,
}

impl ReadLocked<'_> {
    /// vma_end_read(), mmap_lock.h:262
    pub fn end_read(self) {
        self.vma.refcount_put(&self.world.mms);
    }
}

/// vma_start_read(), mmap_lock.c:212
fn vma_start_read<'w>(
    world: &'w World,
    mm: &Mm,
    vma: &'w Vma,
    rcu: RcuRead<'w>,
) -> Result<(RcuRead<'w>, ReadLocked<'w>), Refused> {
    // mmap_lock.c:226, on which nothing rests
    if !on(Mutant::NoEarlyCheck) {
        vma.memory.touch();
        if vma.vm_lock_seq.load(Relaxed) == mm.seq_once() {
            seen("refused early");
            rcu.unlock();
            return Err(Refused::Locked);
        }
    }
    // mmap_lock.c:239
    let check_first = on(Mutant::CheckBeforeInc);
    if check_first && vma.vm_lock_seq.load(Relaxed) == mm.seq_acquire() {
        rcu.unlock();
        return Err(Refused::Locked);
    }
    match vma.inc_not_zero_limited(Mutant::IncRelaxed) {
        Ok(()) => {}
        Err(NotTaken::Excluded) => {
            seen("refused by the exclude bit");
            rcu.unlock();
            return Err(Refused::Locked);
        }
        // mmap_lock.c:242
        Err(NotTaken::Detached) => {
            seen("refused by a detached VMA");
            rcu.unlock();
            return Err(Refused::Again);
        }
    }
    // mmap_lock.c:248
    let other = |vma: &Vma| vma.vm_mm.get() != mm.id && !on(Mutant::NoMmCheck);
    if !on(Mutant::MmCheckLast) && other(vma) {
        seen("refused by another mm's VMA");
        err_unstable(world, vma, rcu);
        return Err(Refused::Locked);
    }
    // mmap_lock.c:262
    if !check_first && !on(Mutant::NoRecheck) {
        let locked = if on(Mutant::RecheckMmFirst) {
            let seq = mm.seq_acquire();
            seq == vma.vm_lock_seq.load(Relaxed)
        } else {
            vma.vm_lock_seq.load(Relaxed) == mm.seq_acquire()
        };
        if locked {
            seen("refused by the sequence number");
            vma.refcount_put(&world.mms);
            rcu.unlock();
            return Err(Refused::Locked);
        }
    }
    if on(Mutant::MmCheckLast) && other(vma) {
        err_unstable(world, vma, rcu);
        return Err(Refused::Locked);
    }
    Ok((rcu, ReadLocked { world, vma }))
}

/// vma_start_read() of a VMA that was found under RCU some time ago.
pub fn lock_found<'w>(
    world: &'w World,
    mm: &Mm,
    vma: &'w Vma,
    rcu: RcuRead<'w>,
) -> Option<ReadLocked<'w>> {
    let (rcu, locked) = vma_start_read(world, mm, vma, rcu).ok()?;
    rcu.unlock();
    Some(locked)
}

/// vma_start_read(), the label err_unstable, mmap_lock.c:273: the mm is pinned
/// across the drop, since it is not the caller's.
fn err_unstable<'w>(world: &'w World, vma: &'w Vma, rcu: RcuRead<'w>) {
    let other = &world.mms[vma.vm_mm.get()];
    if on(Mutant::GrabAfterDrop) {
        rcu.unlock();
        vma.refcount_put(&world.mms);
        other.mmgrab();
        other.mmdrop();
        return;
    }
    if on(Mutant::RcuHeldOverDrop) {
        if !on(Mutant::NoGrab) {
            other.mmgrab();
        }
        vma.refcount_put(&world.mms);
        rcu.unlock();
        other.mmdrop();
        return;
    }
    // mmap_lock.c:283
    rcu.unlock();
    if on(Mutant::NoGrab) {
        vma.refcount_put(&world.mms);
        return;
    }
    // mmap_lock.c:284
    other.mmgrab();
    vma.refcount_put(&world.mms);
    other.mmdrop();
}

/// lock_vma_under_rcu(), mmap_lock.c:296
pub fn lock_vma_under_rcu<'w>(world: &'w World, mm: &Mm, page: u32) -> Option<ReadLocked<'w>> {
    let mut retries = 0;
    loop {
        // mmap_lock.c:303
        let rcu = world.rcu.read_lock();
        let Some(index) = mm.mas_walk(page) else {
            rcu.unlock();
            return None;
        };
        let rcu = if on(Mutant::RcuDroppedAfterWalk) {
            rcu.unlock();
            world.rcu.read_lock()
        } else {
            rcu
        };
        let (rcu, locked) = match vma_start_read(world, mm, &world.vmas[index], rcu) {
            Ok(locked) => locked,
            // mmap_lock.c:313
            Err(Refused::Again) if retries < RETRIES => {
                retries += 1;
                continue;
            }
            Err(_) => return None,
        };
        // mmap_lock.c:329
        rcu.unlock();
        // mmap_lock.c:332
        let (start, end) = (locked.vma.vm_start.get(), locked.vma.vm_end.get());
        if (page < start || page >= end) && !on(Mutant::NoRangeCheck) {
            seen("refused by another range");
            locked.end_read();
            return None;
        }
        return Some(locked);
    }
}

/// vma_start_read_locked(), mmap_lock.h:257, under the mmap read lock.
pub fn vma_start_read_locked<'w>(
    world: &'w World,
    mmap: &MmapRead<'_>,
    vma: &'w Vma,
) -> Option<ReadLocked<'w>> {
    mmap.mm.assert_locked();
    let taken = vma.inc_not_zero_limited(Mutant::IncLockedRelaxed).is_ok();
    taken.then_some(ReadLocked { world, vma })
}

/// lock_next_vma_under_mmap_lock(), mmap_lock.c:344
fn lock_next_vma_under_mmap_lock<'w>(
    world: &'w World,
    mm: &Mm,
    from: u32,
) -> Option<ReadLocked<'w>> {
    seen("fell back to the mmap lock");
    // mmap_lock.c:351
    let mmap = mm.mmap_read_lock();
    let index = mm.vma_next(from);
    if on(Mutant::FallbackUnlocksFirst) {
        mmap.unlock();
        let vma = &world.vmas[index?];
        let taken = vma.inc_not_zero_limited(Mutant::IncLockedRelaxed).is_ok();
        return taken.then_some(ReadLocked { world, vma });
    }
    let vma = index.map(|index| {
        vma_start_read_locked(world, &mmap, &world.vmas[index])
            .expect("a VMA under the mmap read lock is not excluded")
    });
    // mmap_lock.c:364
    mmap.unlock();
    vma
}

/// lock_next_vma(), mmap_lock.c:369. RCU is held at the call, and not dropped here
/// where the kernel would hand it back.
pub fn lock_next_vma<'w>(world: &'w World, mm: &Mm, from: u32) -> Option<ReadLocked<'w>> {
    let mut retries = 0;
    let (locked, rcu) = loop {
        let rcu = world.rcu.read_lock();
        // mmap_lock.c:380
        let mut seq = None;
        if !on(Mutant::SpeculateAfterLookup) {
            seq = mm.speculate_try_begin();
        }
        // mmap_lock.c:381
        let Some(index) = mm.vma_next(from) else {
            rcu.unlock();
            return None;
        };
        let vma = &world.vmas[index];
        if on(Mutant::SpeculateAfterLookup) {
            seq = mm.speculate_try_begin();
        }
        // mmap_lock.c:385
        let (rcu, locked) = match vma_start_read(world, mm, vma, rcu) {
            Ok(locked) => locked,
            Err(Refused::Again) if retries < RETRIES => {
                retries += 1;
                continue;
            }
            Err(_) => return lock_next_vma_under_mmap_lock(world, mm, from),
        };
        // mmap_lock.c:403
        if from >= locked.vma.vm_end.get() && !on(Mutant::NoBehindCheck) {
            seen("the VMA is behind");
            break (locked, rcu);
        }
        // mmap_lock.c:412
        if from < locked.vma.vm_start.get() && !on(Mutant::NoGapCheck) {
            // mmap_lock.c:414
            let changed = seq.is_none_or(|seq| mm.speculate_retry(seq));
            // mmap_lock.c:416
            if changed && mm.vma_next(from) != Some(vma.id) {
                seen("a gap that was never there");
                break (locked, rcu);
            }
        }
        rcu.unlock();
        return Some(locked);
    };
    // mmap_lock.c:423, fallback_unlock
    rcu.unlock();
    locked.end_read();
    lock_next_vma_under_mmap_lock(world, mm, from)
}
