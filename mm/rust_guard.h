/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What core mm keeps from modules and gives to the Rust guards in the kernel.
 * These are not among the helpers in rust/helpers, as those are exported.
 */
#ifndef _MM_RUST_GUARD_H
#define _MM_RUST_GUARD_H

#include <linux/mempolicy.h>
#include <linux/mm_types.h>
#include <linux/pgtable.h>
#include <linux/rmap.h>

#ifdef CONFIG_MMU

void rust_guard_anon_vma_lock_read(struct anon_vma *anon_vma);
int rust_guard_anon_vma_trylock_read(struct anon_vma *anon_vma);
void rust_guard_anon_vma_unlock_read(struct anon_vma *anon_vma);
void rust_guard_anon_vma_lock_write(struct anon_vma *anon_vma);
int rust_guard_anon_vma_trylock_write(struct anon_vma *anon_vma);
void rust_guard_anon_vma_unlock_write(struct anon_vma *anon_vma);
void rust_guard_anon_vma_assert_locked(const struct anon_vma *anon_vma);
void rust_guard_anon_vma_assert_write_locked(const struct anon_vma *anon_vma);
int rust_guard_anon_vma_prepare(struct vm_area_struct *vma);

unsigned long
rust_guard_vma_start_anon_pgoff(const struct vm_area_struct *vma);
bool rust_guard_fatal_signal_pending(void);

struct folio *rust_guard_get_user_folio(struct mm_struct *mm,
					unsigned long addr);
void rust_guard_folio_put(struct folio *folio);
void rust_guard_folio_lock(struct folio *folio);
pgoff_t rust_guard_folio_index(const struct folio *folio);

int rust_guard_insert_vm_struct(struct mm_struct *mm,
				struct vm_area_struct *vma);

int rust_guard_pte_alloc(struct vm_area_struct *vma, unsigned long addr);
bool rust_guard_test_and_clear_young(struct vm_area_struct *vma,
				     unsigned long addr, pte_t *pte);
bool rust_guard_pmd_test_and_clear_young(struct vm_area_struct *vma,
					 unsigned long addr, pmd_t *pmd);
pte_t rust_guard_ptep_modify_prot_start(struct vm_area_struct *vma,
					unsigned long addr, pte_t *pte);
void rust_guard_ptep_modify_prot_commit(struct vm_area_struct *vma,
					unsigned long addr, pte_t *pte,
					pte_t old, pte_t new);
pte_t rust_guard_pte_mkold(pte_t pte);
void rust_guard_flush_tlb_range(struct vm_area_struct *vma, unsigned long start,
				unsigned long end);

#endif /* CONFIG_MMU */
#endif /* _MM_RUST_GUARD_H */
