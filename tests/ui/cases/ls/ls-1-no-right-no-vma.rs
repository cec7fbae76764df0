// SPDX-License-Identifier: GPL-2.0-only
// LS-1: with no lock on the mm, no reference to a VMA can exist.
//@lock: VMA lock

use mmguard::vma::Vma;

struct Cached<'g, L>(Vma<'g, L>); //~ E0277
