// SPDX-License-Identifier: GPL-2.0-only

//! The mutants: each takes away a step, an ordering, or the order of two steps.
//!
//! Every atomic ordering of the transcribed functions has one, every check, and
//! every two neighbouring steps of which the second could come first. One that
//! survives says why.

use crate::property::Part::{self, Tables, VmaLock};
use loom::sync::atomic::{fence, Ordering};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// What is to become of a mutant.
pub enum Fate {
    Killed,
    /// It survives, for this reason.
    Explained(&'static str),
}

use Fate::{Explained, Killed};

pub struct Entry {
    pub mutant: Mutant,
    pub name: &'static str,
    pub part: Part,
    /// The function, and the line of the step.
    pub place: &'static str,
    pub what: &'static str,
    pub fate: Fate,
}

macro_rules! mutants {
    ($($name:ident: $part:ident, $place:literal, $what:literal, $fate:expr;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Mutant {
            $($name,)*
        }

        pub const ALL: &[Entry] = &[
            $(Entry {
                mutant: Mutant::$name,
                name: stringify!($name),
                part: $part,
                place: $place,
                what: $what,
                fate: $fate,
            },)*
        ];
    };
}

mutants! {
    // What published bugs did.
    MergeNoWriteLock: VmaLock, "vma_expand(), vma.c:1264",
        "BUG-3: no vma_start_write() before the anon_vma is set", Killed;
    NoGrab: VmaLock, "vma_start_read(), mmap_lock.c:284",
        "BUG-6: no mmgrab() of the other mm", Killed;
    SeqBeginNoBarrier: VmaLock, "do_raw_write_seqcount_begin(), seqlock.h:433",
        "BUG-7: no smp_wmb() after the increment", Killed;
    SeqEndNoBarrier: VmaLock, "do_raw_write_seqcount_end(), seqlock.h:452",
        "BUG-7: no smp_wmb() before the increment", Killed;
    MergeLocksLate: VmaLock, "vma_expand(), vma.c:1264",
        "vma_start_write() after the anon_vma is set", Killed;
    ForkNoWriteLock: VmaLock, "dup_mmap(), mmap.c:1742",
        "BUG-12: no vma_start_write_killable() of the parent's VMA", Killed;

    ForkProtectsFirst: VmaLock, "dup_mmap(), mmap.c:1742",
        "entries are write-protected before the parent's VMA is write-locked", Killed;

    // mm_lock_seq.
    SeqBeginBarrierFirst: VmaLock, "do_raw_write_seqcount_begin(), seqlock.h:432",
        "smp_wmb() before the increment", Killed;
    SeqEndBarrierLast: VmaLock, "do_raw_write_seqcount_end(), seqlock.h:453",
        "smp_wmb() after the increment", Killed;
    SeqNotMovedAtLock: VmaLock, "mmap_write_lock(), mmap_lock.h:545",
        "no increment at the lock", Killed;
    SeqNotMovedAtUnlock: VmaLock, "vma_end_write_all(), mmap_lock.h:580",
        "no increment at the release", Killed;
    SeqBeginBeforeLock: VmaLock, "mmap_write_lock(), mmap_lock.h:544",
        "the increment before down_write()", Killed;
    UnlockBeforeEndWriteAll: VmaLock, "mmap_write_unlock(), mmap_lock.h:586",
        "up_write() before vma_end_write_all()", Killed;
    DowngradeBeforeEndWriteAll: VmaLock, "mmap_write_downgrade(), mmap_lock.h:593",
        "downgrade_write() before vma_end_write_all()", Killed;
    DowngradeKeepsVmaLocks: VmaLock, "mmap_write_downgrade(), mmap_lock.h:593",
        "no vma_end_write_all()", Killed;
    DowngradeInTwoSteps: VmaLock, "downgrade_write()",
        "released, and taken again for reading", Killed;
    SpeculateBeginRelaxed: VmaLock, "raw_seqcount_try_begin(), seqlock.h:339",
        "a plain load instead of smp_load_acquire()", Killed;
    SpeculateWhileOdd: VmaLock, "raw_seqcount_try_begin(), seqlock.h:342",
        "an odd number begins too", Killed;
    SpeculateNoRetry: VmaLock, "mmap_lock_speculate_retry(), mmap_lock.h:147",
        "no second read", Killed;
    SpeculateRetryNoBarrier: VmaLock, "do_read_seqcount_retry(), seqlock.h:411",
        "no smp_rmb()", Killed;
    SpeculateBarrierLast: VmaLock, "do_read_seqcount_retry(), seqlock.h:411",
        "smp_rmb() after the second read", Killed;

    // Readers.
    NoEarlyCheck: VmaLock, "vma_start_read(), mmap_lock.c:226",
        "no check before the reference", Explained(
            "saves work: the check under the reference decides (the comment at \
             mmap_lock.c:219 says so)");
    CheckBeforeInc: VmaLock, "vma_start_read(), mmap_lock.c:239",
        "the check that decides, before the reference", Killed;
    IncRelaxed: VmaLock, "vma_start_read(), mmap_lock.c:239",
        "the reference without acquire", Killed;
    IncLockedRelaxed: VmaLock, "vma_start_read_locked_nested(), mmap_lock.h:243",
        "the reference without acquire", Explained(
            "the mmap read lock orders it: what the last writer wrote came before \
             its release of the mmap lock");
    IncFromZero: VmaLock, "__refcount_add_not_zero_limited_acquire(), refcount.h:222",
        "a reference from 0", Killed;
    IncPastTheBit: VmaLock, "__refcount_add_not_zero_limited_acquire(), refcount.h:225",
        "a reference in spite of the exclude bit", Killed;
    NoMmCheck: VmaLock, "vma_start_read(), mmap_lock.c:248",
        "vm_mm is not compared", Killed;
    MmCheckLast: VmaLock, "vma_start_read(), mmap_lock.c:248",
        "vm_mm is compared after the sequence numbers", Killed;
    NoRecheck: VmaLock, "vma_start_read(), mmap_lock.c:262",
        "the sequence numbers are not compared under the reference", Killed;
    RecheckMmFirst: VmaLock, "vma_start_read(), mmap_lock.c:262",
        "mm_lock_seq is read before vm_lock_seq", Explained(
            "as safe: no writer changes vm_lock_seq while the reference is held, and the \
             acquire of the reference orders both reads after it");
    ReaderSeqRelaxed: VmaLock, "vma_start_read(), mmap_lock.c:262",
        "mm_lock_seq without acquire", Killed;
    GrabAfterDrop: VmaLock, "vma_start_read(), mmap_lock.c:285",
        "mmgrab() after the drop", Killed;
    RcuHeldOverDrop: VmaLock, "vma_start_read(), mmap_lock.c:283",
        "rcu_read_unlock() after the drop", Explained(
            "as safe: the reference keeps the VMA, the mmgrab() the mm. The kernel \
             unlocks first since __mmdrop() is heavy (mmap_lock.c:282)");
    RcuDroppedAfterWalk: VmaLock, "lock_vma_under_rcu(), mmap_lock.c:304",
        "RCU is unlocked between the walk and the reference", Killed;
    NoRangeCheck: VmaLock, "lock_vma_under_rcu(), mmap_lock.c:332",
        "the range is not compared", Killed;
    MmReadAfterDrop: VmaLock, "vma_refcount_put(), mmap_lock.h:213",
        "vm_mm is read after the drop", Killed;
    PutNoRelease: VmaLock, "__vma_refcount_put_return(), mmap_lock.h:196",
        "a reader's drop without release", Killed;
    PutNoWake: VmaLock, "vma_refcount_put(), mmap_lock.h:229",
        "no rcuwait_wake_up()", Killed;
    WakeBeforePut: VmaLock, "vma_refcount_put(), mmap_lock.h:217",
        "the writer is woken before the drop", Killed;
    WakeOnlyAttached: VmaLock, "__vma_are_readers_excluded(), mmap_lock.h:181",
        "nobody wakes who detaches", Killed;
    WakeOnlyDetaching: VmaLock, "__vma_are_readers_excluded(), mmap_lock.h:181",
        "nobody wakes who write-locks", Killed;
    WakeNoBarrierB: VmaLock, "rcuwait_wake_up(), exit.c:340",
        "no smp_mb() before the read of the task", Killed;

    // Writers.
    WriterNoExclude: VmaLock, "__vma_start_exclude_readers(), mmap_lock.c:120",
        "the exclude bit is not set", Killed;
    WriterNoWait: VmaLock, "__vma_start_exclude_readers(), mmap_lock.c:126",
        "nobody waits for the readers", Killed;
    WaitNotAnnounced: VmaLock, "prepare_to_rcuwait(), rcuwait.h:36",
        "the task is not announced", Killed;
    WaitAnnouncedLate: VmaLock, "prepare_to_rcuwait(), rcuwait.h:44",
        "the task is announced after barrier (A)", Killed;
    WaitChecksFirst: VmaLock, "___rcuwait_wait_event(), rcuwait.h:50",
        "the condition is read before the task's state is set", Killed;
    WaitNoBarrierA: VmaLock, "___rcuwait_wait_event(), rcuwait.h:50",
        "no barrier between the task and the condition", Killed;
    InterruptedKeepsBit: VmaLock, "__vma_start_exclude_readers(), mmap_lock.c:130",
        "a killed writer leaves the exclude bit", Killed;
    InterruptedPublishes: VmaLock, "__vma_start_write(), mmap_lock.c:151",
        "a killed writer publishes the sequence number", Killed;
    WriterNoPublish: VmaLock, "__vma_start_write(), mmap_lock.c:160",
        "the sequence number is not published", Killed;
    PublishBeforeWait: VmaLock, "__vma_start_write(), mmap_lock.c:160",
        "the sequence number is published before the readers have gone", Killed;
    PublishAfterEnd: VmaLock, "__vma_start_write(), mmap_lock.c:163",
        "the exclude bit goes before the sequence number is published", Killed;
    WriterKeepsBit: VmaLock, "__vma_start_write(), mmap_lock.c:163",
        "the exclude bit stays", Killed;
    EndExcludeNoRelease: VmaLock, "__vma_end_exclude_readers(), mmap_lock.c:71",
        "the exclude bit goes without release", Killed;

    EndExcludeNoAcquire: VmaLock, "__refcount_sub_and_test(), refcount.h:395",
        "no acquire as the exclude bit goes and the count is 0", Explained(
            "the wait before it has ordered what the readers did");
    DetachNoAcquire: VmaLock, "__refcount_sub_and_test(), refcount.h:395",
        "no acquire as the detach's own drop comes to 0", Killed;

    // Attach, detach, the slab.
    AttachNoRelease: VmaLock, "vma_mark_attached(), mmap_lock.h:447",
        "no release", Killed;
    AttachBeforeMm: VmaLock, "vm_area_alloc(), vma_init.c:40",
        "attached before its mm is set", Killed;
    AttachBeforeRange: VmaLock, "vma_link(), vma.c:1938",
        "attached before its range is set", Explained(
            "it is write-locked until the mmap lock is released, and a false reader \
             reads vm_mm alone. Walks of the reverse mapping, which read the range under \
             other locks, are not in this model");
    StoreBeforeAttach: VmaLock, "vma_iter_store_new(), vma.h:715",
        "stored into the tree before it is attached", Explained(
            "as safe: who finds it gets a count of 0. vma_iter_bulk_store() (mm.h:1713) \
             has that order");
    AttachNoStartWrite: VmaLock, "vma_link(), vma.c:1937",
        "attached without the write lock", Killed;
    AttachBeforeStartWrite: VmaLock, "vma_link(), vma.c:1937",
        "attached before the write lock", Killed;
    DetachNoWriteLock: VmaLock, "vms_gather_munmap_vmas(), vma.c:1537",
        "detached without the write lock", Killed;
    DetachNoWait: VmaLock, "vma_mark_detached(), mmap_lock.h:470",
        "a detach does not wait for false readers", Killed;
    DetachNoRelease: VmaLock, "vma_mark_detached(), mmap_lock.h:467",
        "the detach's own drop without release", Explained(
            "nobody reads the 0 and relies on what came before: the next owner gets \
             the object from the slab, and releases it anew when it is attached");
    ClearTreeBeforeDetach: VmaLock, "do_vmi_align_munmap(), vma.c:1684",
        "cleared from the tree before it is detached", Explained(
            "as safe: who found it before gets a count of 0, or is waited for. The \
             kernel detaches first since clearing the tree can fail");
    SlabNotTypesafeByRcu: VmaLock, "vma_state_init(), vma_init.c:28",
        "the slab's memory goes without a grace period", Killed;

    // lock_next_vma().
    SpeculateAfterLookup: VmaLock, "lock_next_vma(), mmap_lock.c:380",
        "the speculation begins after the look-up", Killed;
    NoBehindCheck: VmaLock, "lock_next_vma(), mmap_lock.c:403",
        "a VMA that ends before the position is taken", Killed;
    NoGapCheck: VmaLock, "lock_next_vma(), mmap_lock.c:412",
        "a gap is not looked at again", Killed;
    FallbackUnlocksFirst: VmaLock, "lock_next_vma_under_mmap_lock(), mmap_lock.c:364",
        "the mmap lock is released before the VMA is locked", Killed;

    // Faults and fork.
    PrepareNoMmapLock: VmaLock, "__vmf_anon_prepare(), memory.c:3959",
        "no mmap_read_trylock()", Killed;
    AnonVmaNoRecheck: VmaLock, "__anon_vma_prepare(), rmap.c:211",
        "anon_vma is not read again under page_table_lock", Killed;
    ForkUnlockBeforeFlush: VmaLock, "dup_mmap(), mmap.c:1884",
        "the parent is unlocked before its TLBs are flushed", Killed;

    // Page tables.
    MapWithoutRcu: Tables, "__pte_offset_map(), pgtable-generic.c:290",
        "RCU is not held from the PMD entry to the table", Killed;
    MapNoPmdSame: Tables, "pte_offset_map_lock(), pgtable-generic.c:405",
        "the PMD entry is not read again under the table's lock", Killed;
    InstallNoRecheck: Tables, "pmd_install(), memory.c:429",
        "a table that somebody else installed is replaced", Killed;
    InstallNoBarrier: Tables, "pmd_install(), memory.c:444",
        "no smp_wmb() before the table is put in", Killed;
    FaultWithoutLock: Tables, "lock_vma_under_rcu()",
        "a fault without a lock", Killed;
    TeardownKeepsInTree: Tables, "vms_gather_munmap_vmas(), vma.c:1543",
        "the VMA is not detached", Killed;
    TeardownNoZap: Tables, "unmap_region(), vma.c:532",
        "entries are not zapped", Killed;
    TeardownFreesBeforeClear: Tables, "free_pte_range(), memory.c:180",
        "the table is freed before the PMD entry is cleared", Killed;
    ZapPutsFirst: Tables, "do_zap_pte_range(), memory.c:1963",
        "the page is put before the entry is cleared", Killed;
    TeardownNoUnlink: Tables, "free_pgtables(), memory.c:401",
        "the VMA stays in the reverse mapping", Killed;
    TeardownUnlinksBeforeZap: Tables, "unmap_region(), vma.c:532",
        "out of the reverse mapping before it is zapped", Killed;
    TeardownFreesBeforeUnlink: Tables, "free_pgtables(), memory.c:419",
        "tables are freed before the VMA is out of the reverse mapping", Killed;
    TableFreedAtOnce: Tables, "pte_free_defer(), pgtable-generic.c:255",
        "a table is freed without a grace period", Killed;
    RemoveNoPmdLock: Tables, "zap_pte_table_if_empty(), memory.c:2004",
        "no PMD lock", Killed;
    RemoveNoPtl: Tables, "zap_pte_table_if_empty(), memory.c:2009",
        "no lock of the table", Killed;
    RemoveNoEmptyCheck: Tables, "zap_pte_table_if_empty(), memory.c:2012",
        "whether the table is empty is not looked at", Killed;
    RemoveChecksBeforeLock: Tables, "zap_pte_table_if_empty(), memory.c:2011",
        "the entries are looked at before the table is locked", Killed;
    RemoveUnlocksFirst: Tables, "zap_pte_table_if_empty(), memory.c:2020",
        "the table is unlocked before it is taken out", Killed;
    RetractWithoutRmapLock: Tables, "retract_page_tables(), khugepaged.c:2145",
        "no i_mmap lock", Killed;
    WalkWithoutRmapLock: Tables, "unmap_mapping_pages(), memory.c:4555",
        "no i_mmap lock", Killed;
    MoveNoRmapLock: Tables, "move_pgt_entry(), mremap.c:613",
        "no lock of the reverse mapping", Killed;
    MoveNoPmdLock: Tables, "move_normal_pmd(), mremap.c:402",
        "no PMD lock", Explained(
            "mmap write, VMA write and both rmap locks exclude who else changes the \
             entry here; collapse, which the lock is for (mremap.c:409), is not modelled");
    GupIrqsOn: Tables, "gup_fast(), gup.c:3156",
        "interrupts are not off from the PMD entry to the table", Killed;
    GupTakesFromZero: Tables, "gup_fast_pte_range(), gup.c:2864",
        "a page without references is taken", Killed;
    GupRechecksFirst: Tables, "gup_fast_pte_range(), gup.c:2868",
        "the entries are read again before the page is taken", Killed;
    GupNoPteRecheck: Tables, "gup_fast_pte_range(), gup.c:2869",
        "the PTE is not read again", Killed;
    GupNoPmdRecheck: Tables, "gup_fast_pte_range(), gup.c:2868",
        "the PMD entry is not read again", Explained(
            "who takes a table away here has emptied it, so that the PTE tells; a table \
             that goes with entries in it (collapse of anonymous memory) is not modelled");
}

const NONE: usize = usize::MAX;
static CURRENT: AtomicUsize = AtomicUsize::new(NONE);

/// Which mutant the next explorations are of.
pub fn set(mutant: Option<Mutant>) {
    CURRENT.store(mutant.map_or(NONE, |mutant| mutant as usize), Relaxed);
}

/// Whether this is the mutant.
pub fn on(mutant: Mutant) -> bool {
    CURRENT.load(Relaxed) == mutant as usize
}

/// The ordering that the kernel has, or none under the mutant.
pub fn order(mutant: Mutant, ordering: Ordering) -> Ordering {
    if on(mutant) {
        Ordering::Relaxed
    } else {
        ordering
    }
}

/// The barrier that the kernel has, or none under the mutant.
pub fn barrier(mutant: Mutant, ordering: Ordering) {
    if !on(mutant) {
        fence(ordering);
    }
}
