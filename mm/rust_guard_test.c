// SPDX-License-Identifier: GPL-2.0-only
/*
 * What modules have in the place of pte_offset_map_lock() and its kin, for the
 * tests that compare the two.
 */

#include "../rust/helpers/pte_map.h"
#include "rust_guard_test.h"

pte_t *rust_guard_twin_pte_offset_map(pmd_t *pmd, unsigned long addr,
				      pmd_t *pmdvalp)
{
	return mmguard_pte_offset_map(pmd, addr, pmdvalp);
}

pte_t *
rust_guard_twin_pte_offset_map_rw_nolock(struct mm_struct *mm, pmd_t *pmd,
					 unsigned long addr,
					 pmd_t *pmdvalp, spinlock_t **ptlp)
{
	return mmguard_pte_offset_map_rw_nolock(mm, pmd, addr, pmdvalp, ptlp);
}

pte_t *
rust_guard_twin_pte_offset_map_lock(struct mm_struct *mm, pmd_t *pmd,
				    unsigned long addr, spinlock_t **ptlp)
{
	return mmguard_pte_offset_map_lock(mm, pmd, addr, ptlp);
}
