/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lets the shims of this module count how often the lock of a table was had,
 * and the PMD entry had changed before that, and tell of each table that is
 * mapped or unmapped.
 */
#ifndef _MMGUARD_CONTEND_PMD_CHANGED_H
#define _MMGUARD_CONTEND_PMD_CHANGED_H

#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/pgtable.h>

extern atomic_long_t mmguard_contend_pmd_changed;
#define MMGUARD_PMD_CHANGED() atomic_long_inc(&mmguard_contend_pmd_changed)

pte_t *mmguard_contend_mapped(pte_t *pte);
void mmguard_contend_unmaps(pte_t *pte);

#ifdef MMGUARD_CONTEND_SHIMS
static inline void mmguard_contend_pte_unmap(pte_t *pte)
{
	mmguard_contend_unmaps(pte);
	pte_unmap(pte);
}

#define __pte_map(pmd, addr) mmguard_contend_mapped(__pte_map(pmd, addr))
#define pte_unmap(pte) mmguard_contend_pte_unmap(pte)
#endif

#endif /* _MMGUARD_CONTEND_PMD_CHANGED_H */
