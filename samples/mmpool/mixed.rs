// SPDX-License-Identifier: GPL-2.0-only

//! Page frames at even offsets, and pages at odd ones, which are made when they are accessed.

use super::{
    guard::{
        driver::{
            fault::{
                Fault,
                FaultAround,
                FaultError,
                FaultResult, //
            },
            kind::{
                Access,
                Frames,
                Kind,
                Mixed, //
            },
            object::{
                ObjectGuard,
                VmObject, //
            },
            ops::{
                Remote,
                VmOperations, //
            },
            setup::Setup, //
        },
        order::{
            level::VmaLock,
            InnerScope,
            NothingHeld, //
        }, //
    },
    pool::{
        self,
        Counts,
        Pool,
        PoolLock, //
    },
    slots::Slots, //
};
use core::{
    marker::PhantomData,
    ops::Range, //
};
use kernel::{
    new_mutex,
    page::PAGE_SIZE,
    prelude::*,
    sync::{
        Arc,
        ArcBorrow, //
    }, //
};

/// Whether a frame is at this offset in an object, in pages. Else a page is.
fn is_frame(pgoff: usize) -> bool {
    pgoff % 2 == 0
}

/// The data of an object, beside the frames, which are of its kind, and the pages.
pub(crate) struct FramesAndPages<A> {
    counts: Counts,
    _access: PhantomData<fn() -> A>,
}

#[vtable]
impl<A: Access> VmOperations for FramesAndPages<A> {
    type Kind = Mixed;
    type Access = A;
    type Level = PoolLock;
    type State = Slots;

    fn fault(fault: Fault<'_, Self>) -> FaultResult<'_> {
        let (place, mut scope) = fault.into_place();
        let object = place.object();
        object.counts.faults.add(1);
        let mut slots = object.lock(&mut scope);
        let (slots, locked, mut scope) = slots.split_mut();
        if slots.suspended {
            return Err(FaultError::BusError);
        }
        if is_frame(place.pgoff()) {
            return place.map_frame(locked, &mut scope);
        }
        let page = slots.get_or_make(place.pgoff(), &object.counts)?;
        place.map(locked, &mut scope, page)
    }

    fn map_pages(_around: FaultAround<'_, Self>) {
        // It does nothing, but with it faults are under the VMA lock.
    }

    fn open(
        object: ArcBorrow<'_, VmObject<Self>>,
        _pages: Range<usize>,
        _scope: InnerScope<'_, VmaLock>,
    ) {
        object.counts.opened.add(1);
    }

    fn close(
        object: ArcBorrow<'_, VmObject<Self>>,
        _pages: Range<usize>,
        _scope: InnerScope<'_, VmaLock>,
    ) {
        object.counts.closed.add(1);
    }

    fn access(
        object: ArcBorrow<'_, VmObject<Self>>,
        offset: usize,
        access: Remote<'_>,
        mut scope: InnerScope<'_, VmaLock>,
    ) -> Result<usize> {
        let mut slots = object.lock(&mut scope);
        if slots.suspended {
            return Err(EIO);
        }
        let pgoff = offset / PAGE_SIZE;
        let page = if is_frame(pgoff) {
            object.kind().frames().page(pgoff).ok_or(EFAULT)?
        } else {
            slots.get_or_make(pgoff, &object.counts)?
        };
        pool::access(page, offset, access)
    }
}

impl<A: Access> FramesAndPages<A> {
    /// Takes both back from all who have them mapped, clears the frames, and frees the pages.
    /// Returns how many of these there were.
    fn take_back(object: &mut ObjectGuard<'_, Self>, pages: Range<usize>) -> Result<usize> {
        let (slots, locked, mut scope) = object.split_mut();
        locked.revoke(&mut scope, pages.clone());
        for index in pages.clone().filter(|&index| is_frame(index)) {
            pool::clear(locked.kind().frames().page(index).ok_or(EFAULT)?)?;
        }
        let freed = slots.free(pages, &locked.counts);
        locked.counts.revoked.add(freed);
        Ok(freed)
    }
}

/// The object of an open file.
pub(crate) struct MixedPool<A: Access>(Arc<VmObject<FramesAndPages<A>>>);

impl<A: Access> MixedPool<A> {
    pub(crate) fn boxed(len: usize) -> Result<KBox<dyn Pool>> {
        // There is a frame for each offset, but those at odd ones are not used.
        let kind = Mixed::new(Frames::of_pages(pool::new_pages(len)?))?;
        let data = FramesAndPages {
            counts: Counts::new(),
            _access: PhantomData,
        };
        let slots = new_mutex!(Slots::new(len)?, "mmpool-mixed");
        let object = Arc::pin_init(
            VmObject::new(c"[mmpool-mixed]", kind, data, slots),
            GFP_KERNEL,
        )?;
        Ok(KBox::new(Self(object), GFP_KERNEL)?)
    }
}

impl<A: Access> Pool for MixedPool<A> {
    fn counts(&self) -> &Counts {
        &self.0.counts
    }

    fn map(&self, setup: Setup<'_>) -> Result {
        setup.map(self.0.as_arc_borrow())
    }

    fn word(&self, page: usize, offset: usize, write: Option<u32>) -> Result<u32> {
        let mut nothing = NothingHeld::new();
        let slots = self.0.lock(&mut nothing);
        let page = if is_frame(page) {
            self.0.kind().frames().page(page).ok_or(EFAULT)?
        } else {
            slots.get(page).ok_or(ENXIO)?
        };
        pool::word(page, offset, write)
    }

    fn revoke(&self, pages: Range<usize>) -> Result<usize> {
        let mut nothing = NothingHeld::new();
        let mut slots = self.0.lock(&mut nothing);
        FramesAndPages::take_back(&mut slots, pages)
    }

    fn suspend(&self) -> Result {
        let mut nothing = NothingHeld::new();
        let mut slots = self.0.lock(&mut nothing);
        slots.suspended = true;
        FramesAndPages::take_back(&mut slots, 0..self.0.kind().page_count())?;
        Ok(())
    }

    fn resume(&self) -> Result {
        let mut nothing = NothingHeld::new();
        self.0.lock(&mut nothing).suspended = false;
        Ok(())
    }
}
