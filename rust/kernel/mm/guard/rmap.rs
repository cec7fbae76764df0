// SPDX-License-Identifier: GPL-2.0-only

//! Reverse mappings: from a page to the VMAs that map it.
//!
//! A page of a file leads to its VMAs by the tree of the file, under `i_mmap_rwsem`. For an
//! anonymous page that is the tree of an `anon_vma`, which core mm keeps from modules, as it does
//! the walks of both trees: see `builtin`.

pub mod i_mmap;
