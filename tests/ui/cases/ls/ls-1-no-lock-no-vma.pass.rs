// SPDX-License-Identifier: GPL-2.0-only
// LS-1: with no lock on the mm, no reference to a VMA can exist.
//@check-pass

use mmguard::{mmap::Read, vma::Vma};

struct Cached<'g>(Vma<'g, Read>);
