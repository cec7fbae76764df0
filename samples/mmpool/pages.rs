// SPDX-License-Identifier: GPL-2.0-only

//! Pages that are made when they are accessed, and that the object can do without.

use super::{
    guard::{
        driver::{
            fault::{
                Fault,
                FaultAround,
                FaultError,
                FaultResult,
                WriteFault, //
            },
            kind::{
                Access,
                Kind,
                Pages, //
            },
            object::{
                ObjectGuard,
                VmObject, //
            },
            ops::{
                Remote,
                VmOperations, //
            },
            setup::Setup,
            shrinker::{
                ObjectInReclaim,
                Shrink,
                Shrinker, //
            }, //
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

/// The data of an object, beside the pages.
pub(crate) struct MadePages<A> {
    counts: Counts,
    _access: PhantomData<fn() -> A>,
}

#[vtable]
impl<A: Access> VmOperations for MadePages<A> {
    type Kind = Pages;
    type Access = A;
    type Level = PoolLock;
    type State = Slots;

    fn fault(fault: Fault<'_, Self>) -> FaultResult<'_> {
        let (place, mut scope) = fault.into_place();
        let object = place.object();
        object.counts.faults.add(1);
        let mut slots = object.lock(&mut scope);
        let (slots, locked, mut scope) = slots.split_mut();
        let page = slots.get_or_make(place.pgoff(), &object.counts)?;
        place.map(locked, &mut scope, page)
    }

    fn map_pages(_around: FaultAround<'_, Self>) {
        // It does nothing, but with it faults are under the VMA lock.
    }

    fn page_mkwrite(fault: WriteFault<'_, Self>) -> Result<(), FaultError> {
        fault.object().counts.writes.add(1);
        Ok(())
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
        let page = slots.get_or_make(offset / PAGE_SIZE, &object.counts)?;
        pool::access(page, offset, access)
    }
}

impl<A: Access> Shrink for MadePages<A> {
    fn count(object: &VmObject<Self>) -> usize {
        object.counts.present.get() as usize
    }

    fn scan(slots: &mut Slots, object: &ObjectInReclaim<'_, Self>, max: usize) -> usize {
        let pages = slots.first(max);
        object.revoke(pages.clone());
        let freed = slots.free(pages, &object.counts);
        object.counts.shrunk.add(freed);
        freed
    }
}

impl<A: Access> MadePages<A> {
    /// Takes pages back from all who have them mapped, and frees them.
    fn take_back(object: &mut ObjectGuard<'_, Self>, pages: Range<usize>) -> usize {
        let (slots, locked, mut scope) = object.split_mut();
        locked.revoke(&mut scope, pages.clone());
        slots.free(pages, &locked.counts)
    }
}

/// The object of an open file.
pub(crate) struct PagesPool<A: Access> {
    object: Arc<VmObject<MadePages<A>>>,
    _shrinker: Option<Shrinker<MadePages<A>>>,
}

impl<A: Access> PagesPool<A> {
    pub(crate) fn boxed(len: usize, purgeable: bool) -> Result<KBox<dyn Pool>> {
        let data = MadePages {
            counts: Counts::new(),
            _access: PhantomData,
        };
        let slots = new_mutex!(Slots::new(len)?, "mmpool-pages");
        let object = Arc::pin_init(
            VmObject::new(c"[mmpool-pages]", Pages::new(len), data, slots),
            GFP_KERNEL,
        )?;
        let shrinker = if purgeable {
            Some(Shrinker::new(c"mmpool", object.clone())?)
        } else {
            None
        };
        Ok(KBox::new(
            Self {
                object,
                _shrinker: shrinker,
            },
            GFP_KERNEL,
        )?)
    }
}

impl<A: Access> Pool for PagesPool<A> {
    fn counts(&self) -> &Counts {
        &self.object.counts
    }

    fn map(&self, setup: Setup<'_>) -> Result {
        setup.map(self.object.as_arc_borrow())
    }

    fn word(&self, page: usize, offset: usize, write: Option<u32>) -> Result<u32> {
        let mut nothing = NothingHeld::new();
        let slots = self.object.lock(&mut nothing);
        pool::word(slots.get(page).ok_or(ENXIO)?, offset, write)
    }

    fn revoke(&self, pages: Range<usize>) -> Result<usize> {
        let mut nothing = NothingHeld::new();
        let mut slots = self.object.lock(&mut nothing);
        let freed = MadePages::take_back(&mut slots, pages);
        self.object.counts.revoked.add(freed);
        Ok(freed)
    }

    fn suspend(&self) -> Result {
        let mut nothing = NothingHeld::new();
        let mut slots = self.object.lock(&mut nothing);
        slots.suspended = true;
        let freed = MadePages::take_back(&mut slots, 0..self.object.kind().page_count());
        self.object.counts.revoked.add(freed);
        Ok(())
    }

    fn resume(&self) -> Result {
        let mut nothing = NothingHeld::new();
        self.object.lock(&mut nothing).suspended = false;
        Ok(())
    }
}
