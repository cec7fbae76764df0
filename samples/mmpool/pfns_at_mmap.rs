// SPDX-License-Identifier: GPL-2.0-only

//! Page frames that are mapped at `mmap`.

use super::{
    guard::{
        driver::{
            kind::{
                Access,
                Frames,
                PfnsAtMmap, //
            },
            object::VmObject,
            ops::{
                Remote,
                VmOperations, //
            },
            setup::Setup, //
        },
        order::{
            level::VmaLock,
            InnerScope, //
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

/// The data of an object, beside the frames, which are of its kind.
pub(crate) struct MappedPfns<A> {
    counts: Counts,
    _access: PhantomData<fn() -> A>,
}

#[vtable]
impl<A: Access> VmOperations for MappedPfns<A> {
    type Kind = PfnsAtMmap;
    type Access = A;
    type Level = PoolLock;
    type State = ();

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
        _scope: InnerScope<'_, VmaLock>,
    ) -> Result<usize> {
        let frames = object.kind().frames();
        let page = frames.page(offset / PAGE_SIZE).ok_or(EFAULT)?;
        pool::access(page, offset, access)
    }
}

/// The object of an open file.
pub(crate) struct PfnsAtMmapPool<A: Access>(Arc<VmObject<MappedPfns<A>>>);

impl<A: Access> PfnsAtMmapPool<A> {
    pub(crate) fn boxed(len: usize) -> Result<KBox<dyn Pool>> {
        let kind = PfnsAtMmap::new(Frames::of_pages(pool::new_pages(len)?));
        let data = MappedPfns {
            counts: Counts::new(),
            _access: PhantomData,
        };
        let object = Arc::pin_init(
            VmObject::new(
                c"[mmpool-pfns-at-mmap]",
                kind,
                data,
                new_mutex!((), "mmpool-pfns-at-mmap"),
            ),
            GFP_KERNEL,
        )?;
        Ok(KBox::new(Self(object), GFP_KERNEL)?)
    }
}

impl<A: Access> Pool for PfnsAtMmapPool<A> {
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
}
