// SPDX-License-Identifier: GPL-2.0-only

//! Pages that are mapped at `mmap`: a buffer that the kernel and user space share. It can be a
//! ring.

use super::{
    guard::{
        driver::{
            kind::{
                Access,
                Kind,
                PagesAtMmap, //
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
    uapi, //
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
        atomic::{
            Acquire,
            Relaxed,
            Release, //
        },
        Arc,
        ArcBorrow, //
    }, //
};

/// What the lock of an object protects: how far the kernel has read the ring.
///
/// The pages have both numbers too, but there user space may write them.
pub(crate) struct Ring {
    tail: u32,
    sum: u32,
}

/// The data of an object, beside the pages, which are of its kind.
pub(crate) struct SharedPages<A> {
    counts: Counts,
    _access: PhantomData<fn() -> A>,
}

#[vtable]
impl<A: Access> VmOperations for SharedPages<A> {
    type Kind = PagesAtMmap;
    type Access = A;
    type Level = PoolLock;
    type State = Ring;

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
        let page = object.kind().page(offset / PAGE_SIZE).ok_or(EFAULT)?;
        pool::access(page, offset, access)
    }
}

/// The object of an open file.
pub(crate) struct SharedPool<A: Access>(Arc<VmObject<SharedPages<A>>>);

impl<A: Access> SharedPool<A> {
    pub(crate) fn boxed(len: usize) -> Result<KBox<dyn Pool>> {
        let kind = PagesAtMmap::new(pool::new_pages(len)?)?;
        let data = SharedPages {
            counts: Counts::new(),
            _access: PhantomData,
        };
        let ring = new_mutex!(Ring { tail: 0, sum: 0 }, "mmpool-ring");
        let object = Arc::pin_init(
            VmObject::new(c"[mmpool-pages-at-mmap]", kind, data, ring),
            GFP_KERNEL,
        )?;
        Ok(KBox::new(Self(object), GFP_KERNEL)?)
    }

    /// The word at an offset in the first page, in bytes, is written.
    fn publish(&self, offset: u64, value: u32) -> Result {
        let header = self.0.kind().page(0).ok_or(EFAULT)?;
        header.with_word(offset as usize, |word| word.store(value, Release))
    }
}

impl<A: Access> Pool for SharedPool<A> {
    fn counts(&self) -> &Counts {
        &self.0.counts
    }

    fn map(&self, setup: Setup<'_>) -> Result {
        setup.map(self.0.as_arc_borrow())
    }

    fn word(&self, page: usize, offset: usize, write: Option<u32>) -> Result<u32> {
        let page = self.0.kind().page(page).ok_or(EFAULT)?;
        pool::word(page, offset, write)
    }

    fn ring(&self) -> Result<usize> {
        const ENTRIES: usize = PAGE_SIZE / size_of::<u32>();

        let pages = self.0.kind();
        let capacity = (pages.page_count() - 1) * ENTRIES;
        let mut nothing = NothingHeld::new();
        let mut ring = self.0.lock(&mut nothing);

        // User space may write anything here, and write it again the next moment. So it is read
        // once, and no more entries are taken than there can be. The entries that were written
        // before the head are seen.
        let header = pages.page(0).ok_or(EFAULT)?;
        let head = header.with_word(uapi::RING_HEAD as usize, |word| word.load(Acquire))?;
        let count = (head.wrapping_sub(ring.tail) as usize).min(capacity);
        for _ in 0..count {
            let index = ring.tail as usize % capacity;
            let page = pages.page(1 + index / ENTRIES).ok_or(EFAULT)?;
            let offset = index % ENTRIES * size_of::<u32>();
            let entry = page.with_word(offset, |word| word.load(Relaxed))?;
            ring.sum = ring.sum.wrapping_add(entry);
            ring.tail = ring.tail.wrapping_add(1);
        }

        // Who sees the new tail sees the sum, and may write the entries anew.
        self.publish(uapi::RING_SUM, ring.sum)?;
        self.publish(uapi::RING_TAIL, ring.tail)?;
        Ok(count)
    }
}
