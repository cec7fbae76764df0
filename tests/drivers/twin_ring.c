// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that a fault maps: the ring of drivers/usb/mon/mon_bin.c, of Linux 7.3.
 *
 * Copyright (C) 2006 Paolo Abeni (paolo.abeni@email.it)
 * Copyright (C) 2006,2007 Pete Zaitcev (zaitcev@redhat.com)
 */

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "twin.h"

struct ring_pages {
	unsigned long count;
	struct page *pages[TWIN_MAX_PAGES];
};

struct ring {
	spinlock_t lock;
	struct ring_pages *vec;
	int mmap_active;
};

static void ring_free_pages(struct ring_pages *vec)
{
	while (vec->count--)
		__free_page(vec->pages[vec->count]);
	kfree(vec);
}

static struct ring_pages *ring_alloc_pages(unsigned long count)
{
	struct ring_pages *vec;

	if (!count || count > TWIN_MAX_PAGES)
		return ERR_PTR(-EINVAL);
	vec = kzalloc(sizeof(*vec), GFP_KERNEL);
	if (!vec)
		return ERR_PTR(-ENOMEM);
	for (; vec->count < count; vec->count++) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

		if (!page) {
			ring_free_pages(vec);
			return ERR_PTR(-ENOMEM);
		}
		vec->pages[vec->count] = page;
	}
	return vec;
}

static void ring_vma_open(struct vm_area_struct *vma)
{
	struct ring *ring = vma->vm_private_data;

	spin_lock(&ring->lock);
	ring->mmap_active++;
	spin_unlock(&ring->lock);
}

static void ring_vma_close(struct vm_area_struct *vma)
{
	struct ring *ring = vma->vm_private_data;

	spin_lock(&ring->lock);
	ring->mmap_active--;
	spin_unlock(&ring->lock);
}

static vm_fault_t ring_vma_fault(struct vm_fault *vmf)
{
	struct ring *ring = vmf->vma->vm_private_data;

	spin_lock(&ring->lock);
	if (vmf->pgoff >= ring->vec->count) {
		spin_unlock(&ring->lock);
		return VM_FAULT_SIGBUS;
	}
	vmf->page = ring->vec->pages[vmf->pgoff];
	get_page(vmf->page);
	spin_unlock(&ring->lock);
	return 0;
}

static const struct vm_operations_struct ring_vm_ops = {
	.open = ring_vma_open,
	.close = ring_vma_close,
	.fault = ring_vma_fault,
};

static int ring_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	vma->vm_ops = &ring_vm_ops;
	vm_flags_mod(vma, VM_DONTEXPAND | VM_DONTDUMP, VM_MAYWRITE);
	vma->vm_private_data = file->private_data;
	ring_vma_open(vma);
	return 0;
}

static int ring_resize(struct ring *ring, unsigned long count)
{
	struct ring_pages *vec = ring_alloc_pages(count);
	int err = 0;

	if (IS_ERR(vec))
		return PTR_ERR(vec);
	spin_lock(&ring->lock);
	if (ring->mmap_active)
		err = -EBUSY;
	else
		swap(ring->vec, vec);
	spin_unlock(&ring->lock);
	ring_free_pages(vec);
	return err;
}

static int ring_poke(struct ring *ring, unsigned long index, u8 byte)
{
	int err = 0;

	spin_lock(&ring->lock);
	if (index < ring->vec->count)
		*(u8 *)page_address(ring->vec->pages[index]) = byte;
	else
		err = -EINVAL;
	spin_unlock(&ring->lock);
	return err;
}

static long ring_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct ring *ring = file->private_data;

	switch (cmd) {
	case TWIN_POKE:
		return ring_poke(ring, arg >> 8, arg);
	case TWIN_RESIZE:
		return ring_resize(ring, arg);
	case TWIN_MAPPED:
		return READ_ONCE(ring->mmap_active);
	default:
		return -ENOTTY;
	}
}

static int ring_open(struct inode *inode, struct file *file)
{
	struct ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);

	if (!ring)
		return -ENOMEM;
	spin_lock_init(&ring->lock);
	ring->vec = ring_alloc_pages(TWIN_PAGES);
	if (IS_ERR(ring->vec)) {
		kfree(ring);
		return -ENOMEM;
	}
	file->private_data = ring;
	return 0;
}

static int ring_release(struct inode *inode, struct file *file)
{
	struct ring *ring = file->private_data;

	ring_free_pages(ring->vec);
	kfree(ring);
	return 0;
}

static const struct file_operations ring_fops = {
	.owner = THIS_MODULE,
	.open = ring_open,
	.release = ring_release,
	.unlocked_ioctl = ring_ioctl,
	.mmap = ring_mmap,
};

struct miscdevice twin_ring_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmguard-ring-c",
	.fops = &ring_fops,
};
