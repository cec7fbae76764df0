// SPDX-License-Identifier: GPL-2.0-only

//! The smallest module that uses mmguard: on load it looks at its loader's stack.

use kernel::prelude::*;
use mmguard::order::LockContext;

module! {
    type: Template,
    name: "mmguard_template",
    authors: ["mmguard developers"],
    description: "Smallest module that uses mmguard",
    license: "GPL",
}

struct Template;

impl kernel::Module for Template {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let current = current!();
        let mm = current.mm().ok_or(EINVAL)?;
        let mut ctx = LockContext::new(mm);

        // One VMA at a time, each under its own lock where that is free.
        let mut walk = ctx.walk_vmas(0);
        while let Some(vma) = walk.next_vma()? {
            if vma.is_initial_stack() {
                pr_info!("stack: {:#x}-{:#x}\n", vma.start(), vma.end());
            }
        }
        Ok(Self)
    }
}
