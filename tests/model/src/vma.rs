// SPDX-License-Identifier: GPL-2.0-only

//! struct vm_area_struct and its reference count: include/linux/mm_types.h:1006,
//! include/linux/refcount.h, and the put of include/linux/mmap_lock.h.

use crate::class::{self, REFCNT};
use crate::mm::Mm;
use crate::mutant::{barrier, on, order, Mutant};
use crate::seen::seen;
use crate::sync::{Field, Memory};
use loom::sync::atomic::{fence, AtomicBool, AtomicU32, AtomicUsize, Ordering::*};

pub use crate::class::EXCLUDE;
/// VM_REFCNT_LIMIT, mm_types.h:770
pub const LIMIT: u32 = EXCLUDE - 1;

pub struct Vma {
    pub id: usize,
    pub memory: Memory,
    vm_refcnt: AtomicU32,
    pub vm_lock_seq: AtomicU32,
    /// The index of the mm.
    pub vm_mm: Field<usize>,
    /// The same, as a load without any lock sees it.
    pub vm_mm_seen: AtomicUsize,
    pub vm_start: Field<u32>,
    pub vm_end: Field<u32>,
    /// What only a write lock may change, such as vm_flags.
    pub flags: Field<u32>,
    /// The anon_vma, or 0. Written under either lock of VF-17.
    pub anon_vma: AtomicUsize,
    /// Whether the VMA is in its anon_vma's tree (anon_vma_chain).
    pub anon_linked: AtomicBool,
}

/// Why a reference was not taken.
pub enum NotTaken {
    /// The count was 0.
    Detached,
    /// The writer excludes readers.
    Excluded,
}

impl Vma {
    pub fn new(id: usize) -> Self {
        Self {
            id,
            memory: Memory::new("a VMA"),
            vm_refcnt: AtomicU32::new(0),
            // vma_lock_init(), mmap_lock.h:159
            vm_lock_seq: AtomicU32::new(u32::MAX),
            vm_mm: Field::new(0),
            vm_mm_seen: AtomicUsize::new(0),
            vm_start: Field::new(0),
            vm_end: Field::new(0),
            flags: Field::new(0),
            anon_vma: AtomicUsize::new(0),
            anon_linked: AtomicBool::new(false),
        }
    }

    /// LC-3: one of the values that the comment at mm_types.h:1006 lists, by its
    /// class. No test has more than three threads.
    pub fn class(count: u32) -> &'static str {
        match class::refcnt(count, 3) {
            Some(class) => REFCNT[class],
            None => panic!("LC-3: vm_refcnt is {count:#x}, which is no state of a VMA"),
        }
    }

    fn saw(count: u32) -> u32 {
        seen(Self::class(count));
        count
    }

    /// refcount_read(), refcount.h:168
    pub fn count(&self) -> u32 {
        self.memory.touch();
        Self::saw(self.vm_refcnt.load(Relaxed))
    }

    /// A load by who has no lock: Relaxed, and of memory that may be any VMA's.
    pub fn look(&self) -> u32 {
        self.vm_refcnt.load(Relaxed)
    }

    /// __refcount_inc_not_zero_limited_acquire(), refcount.h:242. The loop tries
    /// again only where another thread changed the count.
    pub fn inc_not_zero_limited(&self, ordering: Mutant) -> Result<(), NotTaken> {
        self.memory.touch();
        let acquire = order(ordering, Acquire);
        let mut old = self.vm_refcnt.load(Relaxed);
        loop {
            if old == 0 && !on(Mutant::IncFromZero) {
                return Err(NotTaken::Detached);
            }
            if old > LIMIT - 1 && !on(Mutant::IncPastTheBit) {
                return Err(NotTaken::Excluded);
            }
            match self
                .vm_refcnt
                .compare_exchange(old, old + 1, acquire, Relaxed)
            {
                Ok(_) => break,
                Err(now) => old = now,
            }
        }
        assert!(old != 0, "LC-2: a detached VMA gave a reference");
        assert!(
            old & EXCLUDE == 0,
            "LC-4: a reader came in while a writer excludes readers"
        );
        Self::saw(old + 1);
        Ok(())
    }

    /// refcount_add_not_zero(VM_REFCNT_EXCLUDE_READERS_FLAG), refcount.h:210
    pub fn exclude_not_zero(&self) -> bool {
        let mut old = self.vm_refcnt.load(Relaxed);
        loop {
            if old == 0 {
                // The last false reader went meanwhile: the VMA is detached, and what
                // the caller stores is ordered by the control dependency alone. An
                // acquire fence stands for it.
                fence(Acquire);
                return false;
            }
            assert!(old & EXCLUDE == 0, "LC-3: two tasks exclude readers");
            match self
                .vm_refcnt
                .compare_exchange(old, old + EXCLUDE, Relaxed, Relaxed)
            {
                Ok(_) => break,
                Err(now) => old = now,
            }
        }
        Self::saw(old + EXCLUDE);
        true
    }

    /// refcount_sub_and_test(), refcount.h:387: release, and acquire if it is 0.
    pub fn sub_and_test(&self, n: u32, release: Mutant) -> bool {
        let old = self.vm_refcnt.fetch_sub(n, order(release, Release));
        assert!(old >= n, "LC-3: vm_refcnt underflows");
        // smp_acquire__after_ctrl_dep(), refcount.h:395
        if old == n {
            barrier(Mutant::EndExcludeNoAcquire, Acquire);
        }
        Self::saw(old - n) == 0
    }

    /// __vma_refcount_put_return(), mmap_lock.h:192
    pub fn put_return(&self, release: Mutant) -> u32 {
        self.memory.touch();
        let old = self.vm_refcnt.fetch_sub(1, order(release, Release));
        assert!(old & !EXCLUDE != 0, "LC-3: vm_refcnt underflows");
        // smp_acquire__after_ctrl_dep(), refcount.h:395
        if old == 1 {
            barrier(Mutant::DetachNoAcquire, Acquire);
        }
        Self::saw(old - 1)
    }

    /// refcount_set_release(), refcount.h:157
    pub fn set_attached(&self) {
        self.vm_refcnt
            .store(1, order(Mutant::AttachNoRelease, Release));
        Self::saw(1);
    }

    /// __vma_are_readers_excluded(), mmap_lock.h:175
    fn are_readers_excluded(count: u32) -> bool {
        if on(Mutant::WakeOnlyAttached) {
            return count == EXCLUDE + 1;
        }
        if on(Mutant::WakeOnlyDetaching) {
            return count == EXCLUDE;
        }
        count & EXCLUDE != 0 && count <= EXCLUDE + 1
    }

    /// vma_refcount_put(), mmap_lock.h:210. After the drop the VMA may be free,
    /// and its mm too, unless the caller pins it.
    pub fn refcount_put(&self, mms: &[Mm; 2]) {
        // mmap_lock.h:213, a copy
        let mut mm = &mms[self.vm_mm.get()];
        if on(Mutant::WakeBeforePut) {
            mm.vma_writer_wait.wake_up();
        }
        // mmap_lock.h:217
        let count = self.put_return(Mutant::PutNoRelease);
        if on(Mutant::MmReadAfterDrop) {
            self.memory.touch();
            mm = &mms[self.vm_mm.get()];
        }
        // mmap_lock.h:228
        if count != 0
            && Self::are_readers_excluded(count)
            && !on(Mutant::PutNoWake)
            && !on(Mutant::WakeBeforePut)
        {
            mm.memory.touch();
            mm.vma_writer_wait.wake_up();
        }
    }
}
