// SPDX-License-Identifier: GPL-2.0-only

//! Page frames that are mapped when they are accessed, as a device's memory is.

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
                Pfns, //
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
    }, //
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

/// What the lock of an object protects: whether its frames may be mapped.
pub(crate) struct State {
    suspended: bool,
}

/// The data of an object, beside the frames, which are of its kind.
pub(crate) struct FaultedPfns<A> {
    counts: Counts,
    _access: PhantomData<fn() -> A>,
}

#[vtable]
impl<A: Access> VmOperations for FaultedPfns<A> {
    type Kind = Pfns;
    type Access = A;
    type Level = PoolLock;
    type State = State;

    fn fault(fault: Fault<'_, Self>) -> FaultResult<'_> {
        let (place, mut scope) = fault.into_place();
        let object = place.object();
        object.counts.faults.add(1);
        let mut state = object.lock(&mut scope);
        let (state, locked, mut scope) = state.split_mut();
        if state.suspended {
            return Err(FaultError::BusError);
        }
        place.map_frame(locked, &mut scope)
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
        // Nobody clears the frame meanwhile.
        let state = object.lock(&mut scope);
        if state.suspended {
            return Err(EIO);
        }
        let frames = object.kind().frames();
        let page = frames.page(offset / PAGE_SIZE).ok_or(EFAULT)?;
        pool::access(page, offset, access)
    }
}

impl<A: Access> FaultedPfns<A> {
    /// Takes frames back from all who have them mapped, and clears them.
    fn take_back(object: &mut ObjectGuard<'_, Self>, pages: Range<usize>) -> Result {
        let (_, locked, mut scope) = object.split_mut();
        locked.revoke(&mut scope, pages.clone());
        for index in pages {
            pool::clear(locked.kind().frames().page(index).ok_or(EFAULT)?)?;
        }
        Ok(())
    }
}

/// The object of an open file.
pub(crate) struct PfnsPool<A: Access>(Arc<VmObject<FaultedPfns<A>>>);

impl<A: Access> PfnsPool<A> {
    pub(crate) fn boxed(len: usize) -> Result<KBox<dyn Pool>> {
        let kind = Pfns::new(Frames::of_pages(pool::new_pages(len)?));
        let data = FaultedPfns {
            counts: Counts::new(),
            _access: PhantomData,
        };
        let state = new_mutex!(State { suspended: false }, "mmpool-pfns");
        let object = Arc::pin_init(
            VmObject::new(c"[mmpool-pfns]", kind, data, state),
            GFP_KERNEL,
        )?;
        Ok(KBox::new(Self(object), GFP_KERNEL)?)
    }
}

impl<A: Access> Pool for PfnsPool<A> {
    fn counts(&self) -> &Counts {
        &self.0.counts
    }

    fn map(&self, setup: Setup<'_>) -> Result {
        setup.map(self.0.as_arc_borrow())
    }

    fn word(&self, page: usize, offset: usize, write: Option<u32>) -> Result<u32> {
        let page = self.0.kind().frames().page(page).ok_or(EFAULT)?;
        pool::word(page, offset, write)
    }

    fn revoke(&self, pages: Range<usize>) -> Result<usize> {
        let mut nothing = NothingHeld::new();
        let mut state = self.0.lock(&mut nothing);
        FaultedPfns::take_back(&mut state, pages)?;
        Ok(0)
    }

    fn suspend(&self) -> Result {
        let mut nothing = NothingHeld::new();
        let mut state = self.0.lock(&mut nothing);
        state.suspended = true;
        FaultedPfns::take_back(&mut state, 0..self.0.kind().page_count())
    }

    fn resume(&self) -> Result {
        let mut nothing = NothingHeld::new();
        self.0.lock(&mut nothing).suspended = false;
        Ok(())
    }
}
