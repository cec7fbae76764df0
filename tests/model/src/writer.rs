// SPDX-License-Identifier: GPL-2.0-only

//! Writers, attach and detach: mm/mmap_lock.c:49 to 198, mmap_lock.h:282 to 470.
//!
//! The state that struct vma_exclude_readers_state keeps in two booleans is a
//! type here. `Exclusive` is what must be ended; `Attached`, `WriteLocked` and
//! `Detached` are what a VMA is, and a step takes the one and gives the other.

use crate::mm::MmapWrite;
use crate::mutant::{on, Mutant};
use crate::rcuwait::{Interrupted, TaskState};
use crate::seen::seen;
use crate::vma::{Vma, EXCLUDE};
use crate::world::World;
use loom::sync::atomic::Ordering::*;
use std::marker::PhantomData;

/// What a VMA is to be once its readers have gone.
pub trait Target {
    /// get_target_refcnt(), mmap_lock.c:76
    const COUNT: u32;
}

pub struct Write;
pub struct Detach;

impl Target for Write {
    const COUNT: u32 = EXCLUDE + 1;
}

impl Target for Detach {
    const COUNT: u32 = EXCLUDE;
}

/// What came of excluding the readers.
#[must_use = "the readers may be excluded"]
pub enum Excluded<'v, T> {
    Exclusive(Exclusive<'v, T>),
    /// The VMA was detached already: nobody is to be excluded.
    Detached,
    /// -EINTR. Whether the VMA is detached by now.
    Interrupted {
        detached: bool,
    },
}

/// All readers are out (ves->exclusive).
#[must_use = "__vma_end_exclude_readers()"]
pub struct Exclusive<'v, T> {
    vma: &'v Vma,
    target: PhantomData<T>,
}

/// An attached VMA, under the mmap write lock.
#[derive(Clone, Copy)]
pub struct Attached<'w> {
    vma: &'w Vma,
}

/// A write-locked, attached VMA.
pub struct WriteLocked<'w> {
    pub vma: &'w Vma,
}

/// A detached VMA, which has one owner.
#[must_use = "vm_area_free()"]
pub struct Detached<'w> {
    pub vma: &'w Vma,
}

/// __vma_start_exclude_readers(), mmap_lock.c:105
fn start_exclude_readers<'v, T: Target>(
    mmap: &MmapWrite<'_>,
    vma: &'v Vma,
    state: TaskState,
) -> Excluded<'v, T> {
    vma.memory.touch();
    // mmap_lock.c:120
    let attached = if on(Mutant::WriterNoExclude) {
        vma.count() != 0
    } else {
        vma.exclude_not_zero()
    };
    if !attached {
        return Excluded::Detached;
    }
    // mmap_lock.c:126
    let target = if on(Mutant::WriterNoExclude) {
        T::COUNT - EXCLUDE
    } else {
        T::COUNT
    };
    if !on(Mutant::WriterNoWait) {
        let waited = mmap
            .mm
            .vma_writer_wait
            .wait_event(state, || vma.count() == target);
        // mmap_lock.c:129
        if let Err(Interrupted) = waited {
            seen("a wait was interrupted");
            if on(Mutant::InterruptedKeepsBit) {
                return Excluded::Interrupted { detached: false };
            }
            // mmap_lock.c:130
            let detached = vma.sub_and_test(EXCLUDE, Mutant::EndExcludeNoRelease);
            return Excluded::Interrupted { detached };
        }
    }
    Excluded::Exclusive(Exclusive {
        vma,
        target: PhantomData,
    })
}

impl<T: Target> Exclusive<'_, T> {
    /// __vma_end_exclude_readers(), mmap_lock.c:65. Whether the VMA is detached.
    fn end(self) -> bool {
        if on(Mutant::WriterNoExclude) {
            return T::COUNT == EXCLUDE;
        }
        let detached = self.vma.sub_and_test(EXCLUDE, Mutant::EndExcludeNoRelease);
        // mmap_lock.c:165 and :197
        assert!(
            detached == (T::COUNT == EXCLUDE),
            "LC-4: the readers came back before the writer let go of the exclude bit"
        );
        detached
    }
}

/// __is_vma_write_locked(), mmap_lock.h:282
pub fn is_write_locked(mmap: &MmapWrite<'_>, vma: &Vma) -> bool {
    vma.vm_lock_seq.load(Relaxed) == mmap.seqnum()
}

/// __vma_start_write(), mmap_lock.c:139
fn start_write(mmap: &MmapWrite<'_>, vma: &Vma, state: TaskState) -> Result<(), Interrupted> {
    let publish = || {
        // mmap_lock.c:160
        if !on(Mutant::WriterNoPublish) {
            vma.vm_lock_seq.store(mmap.seqnum(), Relaxed);
        }
    };
    if on(Mutant::PublishBeforeWait) {
        publish();
    }
    // mmap_lock.c:148
    match start_exclude_readers::<Write>(mmap, vma, state) {
        Excluded::Interrupted { detached } => {
            assert!(
                !detached,
                "LC-5: an attached VMA became detached by a signal"
            );
            if on(Mutant::InterruptedPublishes) {
                publish();
            }
            return Err(Interrupted);
        }
        Excluded::Exclusive(exclusive) => {
            if on(Mutant::PublishAfterEnd) {
                exclusive.end();
                publish();
                return Ok(());
            }
            if !on(Mutant::PublishBeforeWait) {
                publish();
            }
            // mmap_lock.c:163
            if !on(Mutant::WriterKeepsBit) {
                exclusive.end();
            }
        }
        Excluded::Detached => publish(),
    }
    Ok(())
}

impl<'w> Attached<'w> {
    /// The VMA that the tree has at `page`.
    pub fn find(world: &'w World, mmap: &MmapWrite<'w>, page: u32) -> Option<Self> {
        mmap.mm.mas_walk(page).map(|index| Self {
            vma: &world.vmas[index],
        })
    }

    /// vma_start_write(), mmap_lock.h:298
    pub fn start_write(self, mmap: &MmapWrite<'w>) -> WriteLocked<'w> {
        if !is_write_locked(mmap, self.vma) {
            let locked = start_write(mmap, self.vma, TaskState::Uninterruptible);
            assert!(locked.is_ok(), "an uninterruptible wait was interrupted");
        }
        WriteLocked { vma: self.vma }
    }

    /// vma_start_write_killable(), mmap_lock.h:320
    pub fn start_write_killable(
        self,
        mmap: &MmapWrite<'w>,
    ) -> Result<WriteLocked<'w>, Interrupted> {
        if !is_write_locked(mmap, self.vma) {
            start_write(mmap, self.vma, TaskState::Killable)?;
        }
        Ok(WriteLocked { vma: self.vma })
    }

    /// What a published bug did: to write without the VMA write lock.
    pub fn without_lock(self) -> WriteLocked<'w> {
        WriteLocked { vma: self.vma }
    }
}

impl<'w> WriteLocked<'w> {
    /// vma_mark_detached(), mmap_lock.h:452. Kernels wait uninterruptibly; `state`
    /// is for LC-5, which says what a wait that fails would mean.
    pub fn mark_detached(
        self,
        mmap: &MmapWrite<'_>,
        state: TaskState,
    ) -> Result<Detached<'w>, Interrupted> {
        let vma = self.vma;
        assert!(
            is_write_locked(mmap, vma),
            "LC-1: vma_assert_write_locked()"
        );
        assert!(vma.count() != 0, "LC-1: vma_assert_attached()");
        // mmap_lock.h:467
        if vma.put_return(Mutant::DetachNoRelease) == 0 {
            return Ok(Detached { vma });
        }
        if on(Mutant::DetachNoWait) {
            return Ok(Detached { vma });
        }
        // __vma_exclude_readers_for_detach(), mmap_lock.c:172
        seen("a detach found a reader");
        match start_exclude_readers::<Detach>(mmap, vma, state) {
            Excluded::Exclusive(exclusive) => {
                exclusive.end();
            }
            Excluded::Detached => {}
            // mmap_lock.c:196: "we don't care"
            Excluded::Interrupted { detached: true } => seen("interrupted, and detached"),
            Excluded::Interrupted { detached: false } => return Err(Interrupted),
        }
        Ok(Detached { vma })
    }

    /// vma_mark_detached(), with the wait that it has.
    pub fn detach(self, mmap: &MmapWrite<'_>) -> Detached<'w> {
        self.mark_detached(mmap, TaskState::Uninterruptible)
            .unwrap_or_else(|_| panic!("an uninterruptible wait was interrupted"))
    }
}

impl<'w> Detached<'w> {
    /// vma_mark_attached(), mmap_lock.h:443
    fn mark_attached(mmap: &MmapWrite<'_>, vma: &Vma) {
        assert!(
            is_write_locked(mmap, vma) || on(Mutant::AttachNoStartWrite),
            "LC-1: vma_assert_write_locked()"
        );
        assert!(vma.count() == 0, "LC-1: vma_assert_detached()");
        vma.set_attached();
    }

    /// vma_start_write() and vma_mark_attached() of a VMA that is set up.
    pub fn attach(self, mmap: &MmapWrite<'w>) -> WriteLocked<'w> {
        let vma = self.vma;
        if on(Mutant::AttachBeforeStartWrite) {
            Self::mark_attached(mmap, vma);
        }
        if !on(Mutant::AttachNoStartWrite) && !is_write_locked(mmap, vma) {
            let locked = start_write(mmap, vma, TaskState::Uninterruptible);
            assert!(locked.is_ok(), "an uninterruptible wait was interrupted");
        }
        if !on(Mutant::AttachBeforeStartWrite) {
            Self::mark_attached(mmap, vma);
        }
        WriteLocked { vma }
    }
}
