// SPDX-License-Identifier: GPL-2.0-only
// LS-1: with no lock on the mm, no reference to a VMA can exist.
//@check-pass

use mmguard::{order::rights::Stabilises, vma::Vma};

struct Cached<'g, L: Stabilises>(Vma<'g, L>);
