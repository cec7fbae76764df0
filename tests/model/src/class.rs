// SPDX-License-Identifier: GPL-2.0-only

//! What there is to see of a VMA lock without any lock, in classes. The model and
//! the init of the test VM include this file: the one derives which classes can be
//! reached, the other looks at a kernel.

use crate::uapi::Look;

/// VM_REFCNT_EXCLUDE_READERS_FLAG, mm_types.h:769
pub const EXCLUDE: u32 = 1 << 30;

/// What vm_refcnt can be, by the comment at mm_types.h:1006.
pub const REFCNT: [&str; 6] = [
    "0",
    "1",
    "1 and readers",
    "the bit",
    "the bit and 1",
    "the bit, 1 and readers",
];

/// What vm_lock_seq can be: as vma_lock_init() leaves it, zeroed before that, or the
/// number of a write lock, beside the mm_lock_seq that is read after it. A writer's
/// number is odd. It is newer if the VMA has gone to another mm.
pub const SEQ: [&str; 5] = ["initial", "zeroed", "equal", "older", "newer"];

/// Whether mm_lock_seq stood still, even or odd.
const STILL: [&str; 2] = ["unlocked", "locked"];

/// How many classes there are. If mm_lock_seq stood still and the VMA was this mm's in
/// the end, one for each pair of the two fields. Else one for each field by itself.
pub const CLASSES: usize = (STILL.len() * SEQ.len() + 1) * REFCNT.len() + SEQ.len();

/// The index in [`REFCNT`], if there are at most so many readers.
pub fn refcnt(count: u32, readers: u32) -> Option<usize> {
    let flagged = count & EXCLUDE != 0;
    let class = match count & !EXCLUDE {
        0 => 0,
        1 => 1,
        count if count <= 1 + readers => 2,
        _ => return None,
    };
    Some(class + if flagged { 3 } else { 0 })
}

/// The index in [`SEQ`].
fn seq(vm_lock_seq: u32, mm_lock_seq: u32) -> Option<usize> {
    match vm_lock_seq {
        u32::MAX => Some(0),
        0 => Some(1),
        even if even & 1 == 0 => None,
        same if same == mm_lock_seq => Some(2),
        // CAST: The numbers wrap around, and so does their difference.
        older if (mm_lock_seq.wrapping_sub(older) as i32) > 0 => Some(3),
        _ => Some(4),
    }
}

impl Look {
    /// Its classes, if there are at most so many readers. None: no state of a VMA lock.
    pub fn classes(&self, readers: u32) -> Option<Vec<usize>> {
        let refcnt = refcnt(self.vm_refcnt, readers)?;
        let seq = seq(self.vm_lock_seq, self.mm_lock_seq_after)?;
        // CAST: As above.
        let moved = self.mm_lock_seq_after.wrapping_sub(self.mm_lock_seq) as i32;
        if moved < 0 {
            return None;
        }
        if moved == 0 && self.own == 1 {
            let still = self.mm_lock_seq as usize & 1;
            return Some(vec![(still * REFCNT.len() + refcnt) * SEQ.len() + seq]);
        }
        let first = STILL.len() * REFCNT.len() * SEQ.len();
        Some(vec![first + refcnt, first + REFCNT.len() + seq])
    }
}

/// What a class is called.
pub fn name(class: usize) -> String {
    let pairs = REFCNT.len() * SEQ.len();
    if let Some(still) = STILL.get(class / pairs) {
        let (refcnt, seq) = (class % pairs / SEQ.len(), class % SEQ.len());
        return format!(
            "{still}, vm_refcnt {}, vm_lock_seq {}",
            REFCNT[refcnt], SEQ[seq]
        );
    }
    match class - STILL.len() * pairs {
        refcnt if refcnt < REFCNT.len() => format!("torn, vm_refcnt {}", REFCNT[refcnt]),
        seq => format!("torn, vm_lock_seq {}", SEQ[seq - REFCNT.len()]),
    }
}
