// SPDX-License-Identifier: GPL-2.0-only

//! struct mm_struct: the mmap lock, mm_lock_seq, the tree, the reference count.
//! include/linux/mmap_lock.h, include/linux/seqlock.h.

use crate::mutant::{barrier, on, order, Mutant};
use crate::rcuwait::RcuWait;
use crate::sync::{Field, Memory, RwSem, SpinLock};
use loom::sync::atomic::{fence, AtomicU32, Ordering::*};

/// Pages of the address space.
pub const PAGES: u32 = 3;

pub struct Mm {
    pub id: usize,
    pub memory: Memory,
    mmap_lock: RwSem,
    mm_lock_seq: AtomicU32,
    pub vma_writer_wait: RcuWait,
    mm_count: AtomicU32,
    /// The maple tree: four bits for each page, the VMA's index and one, or 0. A
    /// store into the tree is one step to those who walk it under RCU.
    mm_mt: AtomicU32,
    pub page_table_lock: SpinLock,
    /// Data that the mmap lock alone protects (AQ-12).
    pub data: Field<u32>,
}

/// The mmap lock, held for writing.
#[must_use = "mmap_write_unlock() or mmap_write_downgrade()"]
pub struct MmapWrite<'m> {
    pub mm: &'m Mm,
}

/// The mmap lock, held for reading. By downgrading or not: see AQ-12.
#[must_use = "mmap_read_unlock()"]
pub struct MmapRead<'m> {
    pub mm: &'m Mm,
}

impl Mm {
    pub fn new(id: usize) -> Self {
        Self {
            id,
            memory: Memory::new("an mm"),
            mmap_lock: RwSem::new(),
            mm_lock_seq: AtomicU32::new(0),
            vma_writer_wait: RcuWait::new(),
            mm_count: AtomicU32::new(1),
            mm_mt: AtomicU32::new(0),
            page_table_lock: SpinLock::new(),
            data: Field::new(0),
        }
    }

    /// mm_lock_seqcount_begin(), mmap_lock.h:123; do_raw_write_seqcount_begin(),
    /// seqlock.h:429: a plain increment, then smp_wmb().
    fn seqcount_begin(&self) {
        if on(Mutant::SeqNotMovedAtLock) {
            return;
        }
        if on(Mutant::SeqBeginBarrierFirst) {
            fence(Release);
            self.seq_inc();
            return;
        }
        self.seq_inc();
        barrier(Mutant::SeqBeginNoBarrier, Release);
    }

    /// mm_lock_seqcount_end(), mmap_lock.h:128; do_raw_write_seqcount_end(),
    /// seqlock.h:450: smp_wmb(), then a plain increment.
    fn seqcount_end(&self) {
        if on(Mutant::SeqNotMovedAtUnlock) {
            return;
        }
        if on(Mutant::SeqEndBarrierLast) {
            self.seq_inc();
            fence(Release);
            return;
        }
        barrier(Mutant::SeqEndNoBarrier, Release);
        self.seq_inc();
    }

    /// "s->sequence++": not atomic.
    fn seq_inc(&self) {
        let seq = self.mm_lock_seq.load(Relaxed);
        self.mm_lock_seq.store(seq + 1, Relaxed);
    }

    /// mmap_write_lock(), mmap_lock.h:541
    pub fn mmap_write_lock(&self) -> MmapWrite<'_> {
        if on(Mutant::SeqBeginBeforeLock) {
            self.seqcount_begin();
            self.mmap_lock.down_write();
        } else {
            self.mmap_lock.down_write();
            self.seqcount_begin();
        }
        MmapWrite { mm: self }
    }

    /// mmap_read_lock(), mmap_lock.h:597
    pub fn mmap_read_lock(&self) -> MmapRead<'_> {
        self.mmap_lock.down_read();
        MmapRead { mm: self }
    }

    /// mmap_read_trylock(), mmap_lock.h:614
    pub fn mmap_read_trylock(&self) -> Option<MmapRead<'_>> {
        self.mmap_lock
            .down_read_trylock()
            .then_some(MmapRead { mm: self })
    }

    /// mmap_lock_speculate_try_begin(), mmap_lock.h:134; raw_seqcount_try_begin(),
    /// seqlock.h:339: smp_load_acquire(), and no speculation if it is odd.
    pub fn speculate_try_begin(&self) -> Option<u32> {
        let seq = self
            .mm_lock_seq
            .load(order(Mutant::SpeculateBeginRelaxed, Acquire));
        (seq & 1 == 0 || on(Mutant::SpeculateWhileOdd)).then_some(seq)
    }

    /// mmap_lock_speculate_retry(), mmap_lock.h:145; read_seqcount_retry(),
    /// seqlock.h:409: smp_rmb(), then READ_ONCE().
    pub fn speculate_retry(&self, seq: u32) -> bool {
        if on(Mutant::SpeculateNoRetry) {
            return false;
        }
        if on(Mutant::SpeculateBarrierLast) {
            let now = self.mm_lock_seq.load(Relaxed);
            fence(Acquire);
            return now != seq;
        }
        barrier(Mutant::SpeculateRetryNoBarrier, Acquire);
        self.mm_lock_seq.load(Relaxed) != seq
    }

    /// READ_ONCE(mm->mm_lock_seq.sequence), mmap_lock.c:226
    pub fn seq_once(&self) -> u32 {
        self.mm_lock_seq.load(Relaxed)
    }

    /// raw_read_seqcount(), mmap_lock.c:262; seqlock.h:210: smp_load_acquire().
    pub fn seq_acquire(&self) -> u32 {
        self.mm_lock_seq
            .load(order(Mutant::ReaderSeqRelaxed, Acquire))
    }

    /// mas_walk() for one page under RCU: the VMA's index. The walk follows a
    /// pointer that rcu_assign_pointer() published.
    pub fn mas_walk(&self, page: u32) -> Option<usize> {
        let tree = self.mm_mt.load(Acquire);
        ((tree >> (4 * page)) & 0xf)
            .checked_sub(1)
            .map(|index| index as usize)
    }

    /// vma_next(): the first VMA at `page` or above it, of one walk.
    pub fn vma_next(&self, page: u32) -> Option<usize> {
        let tree = self.mm_mt.load(Acquire);
        (page..PAGES)
            .find_map(|page| ((tree >> (4 * page)) & 0xf).checked_sub(1))
            .map(|index| index as usize)
    }

    /// mmgrab()
    pub fn mmgrab(&self) {
        self.memory.touch();
        self.mm_count.fetch_add(1, Relaxed);
    }

    /// mmdrop(): the last one frees the mm.
    pub fn mmdrop(&self) {
        self.memory.touch();
        if self.mm_count.fetch_sub(1, SeqCst) == 1 {
            self.memory.free();
        }
    }

    pub fn assert_locked(&self) {
        assert!(self.mmap_lock.is_locked(), "mmap_assert_locked()");
    }
}

impl<'m> MmapWrite<'m> {
    /// vma_end_write_all(), mmap_lock.h:577
    fn vma_end_write_all(mm: &Mm) {
        assert!(mm.mmap_lock.is_write_locked(), "mmap_assert_write_locked()");
        mm.seqcount_end();
    }

    /// mmap_write_unlock(), mmap_lock.h:583
    pub fn unlock(self) {
        if on(Mutant::UnlockBeforeEndWriteAll) {
            self.mm.mmap_lock.up_write();
            self.mm.seqcount_end();
            return;
        }
        Self::vma_end_write_all(self.mm);
        self.mm.mmap_lock.up_write();
    }

    /// mmap_write_downgrade(), mmap_lock.h:590
    pub fn downgrade(self) -> MmapRead<'m> {
        if on(Mutant::DowngradeBeforeEndWriteAll) {
            self.mm.mmap_lock.downgrade_write();
            Self::vma_end_write_all(self.mm);
        } else {
            if !on(Mutant::DowngradeKeepsVmaLocks) {
                Self::vma_end_write_all(self.mm);
            }
            self.mm.mmap_lock.downgrade_write();
        }
        MmapRead { mm: self.mm }
    }

    /// __vma_raw_mm_seqnum(), mmap_lock.h:267
    pub fn seqnum(&self) -> u32 {
        self.mm.mm_lock_seq.load(Relaxed)
    }

    /// One store into the tree: `index` for the pages from `start` to `end`.
    pub fn mas_store(&self, start: u32, end: u32, index: Option<usize>) {
        let value = index.map_or(0, |index| index as u32 + 1);
        let mut tree = self.mm.mm_mt.load(Relaxed);
        for page in start..end {
            tree = (tree & !(0xf << (4 * page))) | (value << (4 * page));
        }
        self.mm.mm_mt.store(tree, Release);
    }
}

impl MmapRead<'_> {
    /// mmap_read_unlock(), mmap_lock.h:624
    pub fn unlock(self) {
        self.mm.mmap_lock.up_read();
    }
}
