// SPDX-License-Identifier: GPL-2.0-only

//! Pages that are made on fault: what the lock of an object protects.

use super::{
    guard::driver::page::UserPage,
    pool::Counts, //
};
use core::ops::Range;
use kernel::prelude::*;

/// A place for each page of an object. The page is made when it is first accessed.
pub(crate) struct Slots {
    pages: KVVec<Option<UserPage>>,
    /// No page is made, and none mapped.
    pub(crate) suspended: bool,
}

impl Slots {
    pub(crate) fn new(count: usize) -> Result<Self> {
        let mut pages = KVVec::with_capacity(count, GFP_KERNEL)?;
        for _ in 0..count {
            pages.push(None, GFP_KERNEL)?;
        }
        Ok(Self {
            pages,
            suspended: false,
        })
    }

    /// The page, if it was made.
    pub(crate) fn get(&self, index: usize) -> Option<&UserPage> {
        self.pages.get(index)?.as_ref()
    }

    /// The page, which is made if there is none.
    pub(crate) fn get_or_make(&mut self, index: usize, counts: &Counts) -> Result<&UserPage> {
        if self.suspended {
            return Err(EIO);
        }
        let slot = self.pages.get_mut(index).ok_or(EFAULT)?;
        match slot {
            Some(page) => Ok(page),
            None => {
                // A process asks for it, so it is charged to its memory cgroup.
                let page = UserPage::new(GFP_KERNEL_ACCOUNT)?;
                counts.present.add(1);
                Ok(slot.insert(page))
            }
        }
    }

    /// The part of the object in which the first `max` pages are that were made.
    pub(crate) fn first(&self, max: usize) -> Range<usize> {
        let made = |(index, slot): (usize, &Option<UserPage>)| slot.as_ref().map(|_| index);
        let last = self.pages.iter().enumerate().filter_map(made).take(max);
        0..last.last().map_or(0, |last| last + 1)
    }

    /// Gives up the pages of a part of the object, and returns how many there were. They were taken
    /// back from all who had them mapped, so with this they are freed.
    pub(crate) fn free(&mut self, pages: Range<usize>, counts: &Counts) -> usize {
        let slots = self.pages.get_mut(pages).into_iter().flatten();
        let freed = slots.filter_map(Option::take).count();
        counts.present.sub(freed);
        freed
    }
}
