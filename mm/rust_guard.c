// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inline functions and functions of core mm that the Rust guards call. Modules
 * do not have them, and nothing here is exported.
 */

#include <linux/mempolicy.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched/signal.h>
#include <linux/security.h>

#include "internal.h"
#include "rust_guard.h"

void rust_guard_anon_vma_lock_read(struct anon_vma *anon_vma)
{
	anon_vma_lock_read(anon_vma);
}

int rust_guard_anon_vma_trylock_read(struct anon_vma *anon_vma)
{
	return anon_vma_trylock_read(anon_vma);
}

void rust_guard_anon_vma_unlock_read(struct anon_vma *anon_vma)
{
	anon_vma_unlock_read(anon_vma);
}

void rust_guard_anon_vma_lock_write(struct anon_vma *anon_vma)
{
	anon_vma_lock_write(anon_vma);
}

int rust_guard_anon_vma_trylock_write(struct anon_vma *anon_vma)
{
	return anon_vma_trylock_write(anon_vma);
}

void rust_guard_anon_vma_unlock_write(struct anon_vma *anon_vma)
{
	anon_vma_unlock_write(anon_vma);
}

void rust_guard_anon_vma_assert_locked(const struct anon_vma *anon_vma)
{
	rwsem_assert_held(&anon_vma->root->rwsem);
}

void rust_guard_anon_vma_assert_write_locked(const struct anon_vma *anon_vma)
{
	rwsem_assert_held_write(&anon_vma->root->rwsem);
}

int rust_guard_anon_vma_prepare(struct vm_area_struct *vma)
{
	return anon_vma_prepare(vma);
}

unsigned long
rust_guard_vma_start_anon_pgoff(const struct vm_area_struct *vma)
{
	return vma_start_anon_pgoff(vma);
}

bool rust_guard_fatal_signal_pending(void)
{
	return fatal_signal_pending(current);
}

#ifdef CONFIG_NUMA
void rust_guard_mpol_get(struct mempolicy *pol)
{
	mpol_get(pol);
}
#endif

/* The folio that is mapped at an address, with a reference, or an ERR_PTR(). */
struct folio *rust_guard_get_user_folio(struct mm_struct *mm,
					unsigned long addr)
{
	struct folio *folio;
	struct page *page;
	long pinned;

	pinned = get_user_pages_remote(mm, addr, 1, 0, &page, NULL);
	if (pinned != 1)
		return ERR_PTR(pinned < 0 ? pinned : -EFAULT);

	folio = page_folio(page);
	if (folio_test_hugetlb(folio)) {
		folio_put(folio);
		return ERR_PTR(-EINVAL);
	}
	return folio;
}

void rust_guard_folio_get(struct folio *folio)
{
	folio_get(folio);
}

void rust_guard_folio_put(struct folio *folio)
{
	folio_put(folio);
}

void rust_guard_folio_lock(struct folio *folio)
{
	folio_lock(folio);
}

pgoff_t rust_guard_folio_index(const struct folio *folio)
{
	return folio->index;
}

/* As __install_special_mapping() does once the VMA is filled in. */
int rust_guard_insert_vm_struct(struct mm_struct *mm,
				struct vm_area_struct *vma)
{
	int err;

	if (vma->vm_start < mmap_min_addr)
		return -EPERM;

	err = insert_vm_struct(mm, vma);
	if (!err)
		vm_stat_account(mm, vma->vm_flags, vma_pages(vma));
	return err;
}
