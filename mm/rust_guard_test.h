/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MM_RUST_GUARD_TEST_H
#define _MM_RUST_GUARD_TEST_H

#include <linux/mm_types.h>
#include <linux/pgtable.h>

pte_t *rust_guard_twin_pte_offset_map(pmd_t *pmd, unsigned long addr,
				      pmd_t *pmdvalp);
pte_t *
rust_guard_twin_pte_offset_map_rw_nolock(struct mm_struct *mm, pmd_t *pmd,
					 unsigned long addr,
					 pmd_t *pmdvalp, spinlock_t **ptlp);
pte_t *
rust_guard_twin_pte_offset_map_lock(struct mm_struct *mm, pmd_t *pmd,
				    unsigned long addr, spinlock_t **ptlp);

#endif /* _MM_RUST_GUARD_TEST_H */
