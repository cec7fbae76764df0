/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lets the shims of this module count how often the lock of a table was had,
 * and the PMD entry had changed before that.
 */
#ifndef _MMGUARD_CONTEND_PMD_CHANGED_H
#define _MMGUARD_CONTEND_PMD_CHANGED_H

#include <linux/atomic.h>

extern atomic_long_t mmguard_contend_pmd_changed;
#define MMGUARD_PMD_CHANGED() atomic_long_inc(&mmguard_contend_pmd_changed)

#endif /* _MMGUARD_CONTEND_PMD_CHANGED_H */
