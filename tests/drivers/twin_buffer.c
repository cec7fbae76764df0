// SPDX-License-Identifier: GPL-2.0-only
/*
 * A buffer that is mapped at once, and outlives the device's interest in it:
 * drivers/media/common/videobuf2/videobuf2-vmalloc.c and -memops.c, of Linux 7.3.
 *
 * Copyright (C) 2010 Samsung Electronics
 *
 * Author: Pawel Osciak <pawel@osciak.com>
 */

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "twin.h"

struct buffer {
	refcount_t refcount;
	unsigned long count;
	u8 *vaddr;
};

struct queue {
	struct mutex mmap_lock;
	struct buffer *buffer;
};

static struct buffer *buffer_alloc(unsigned long count)
{
	struct buffer *buffer;

	if (!count || count > TWIN_MAX_PAGES)
		return ERR_PTR(-EINVAL);
	buffer = kzalloc(sizeof(*buffer), GFP_KERNEL);
	if (!buffer)
		return ERR_PTR(-ENOMEM);
	buffer->count = count;
	buffer->vaddr = vmalloc_user(count * PAGE_SIZE);
	if (!buffer->vaddr) {
		kfree(buffer);
		return ERR_PTR(-ENOMEM);
	}
	refcount_set(&buffer->refcount, 1);
	return buffer;
}

static void buffer_put(struct buffer *buffer)
{
	if (refcount_dec_and_test(&buffer->refcount)) {
		vfree(buffer->vaddr);
		kfree(buffer);
	}
}

static void buffer_vm_open(struct vm_area_struct *vma)
{
	struct buffer *buffer = vma->vm_private_data;

	refcount_inc(&buffer->refcount);
}

static void buffer_vm_close(struct vm_area_struct *vma)
{
	buffer_put(vma->vm_private_data);
}

static const struct vm_operations_struct buffer_vm_ops = {
	.open = buffer_vm_open,
	.close = buffer_vm_close,
};

static int buffer_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct queue *queue = file->private_data;
	int ret;

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	mutex_lock(&queue->mmap_lock);
	ret = remap_vmalloc_range(vma, queue->buffer->vaddr, vma->vm_pgoff);
	if (!ret) {
		vm_flags_set(vma, VM_DONTEXPAND);
		vma->vm_private_data = queue->buffer;
		vma->vm_ops = &buffer_vm_ops;
		vma->vm_ops->open(vma);
	}
	mutex_unlock(&queue->mmap_lock);
	return ret;
}

static int queue_resize(struct queue *queue, unsigned long count)
{
	struct buffer *buffer = buffer_alloc(count);

	if (IS_ERR(buffer))
		return PTR_ERR(buffer);
	mutex_lock(&queue->mmap_lock);
	swap(queue->buffer, buffer);
	mutex_unlock(&queue->mmap_lock);
	buffer_put(buffer);
	return 0;
}

static long queue_byte(struct queue *queue, unsigned int cmd, unsigned long arg)
{
	unsigned long index = cmd == TWIN_POKE ? arg >> 8 : arg;
	long ret = -EINVAL;

	mutex_lock(&queue->mmap_lock);
	if (index < queue->buffer->count) {
		u8 *byte = queue->buffer->vaddr + index * PAGE_SIZE;

		if (cmd == TWIN_POKE)
			WRITE_ONCE(*byte, arg);
		ret = cmd == TWIN_POKE ? 0 : READ_ONCE(*byte);
	}
	mutex_unlock(&queue->mmap_lock);
	return ret;
}

static long buffer_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case TWIN_PEEK:
	case TWIN_POKE:
		return queue_byte(file->private_data, cmd, arg);
	case TWIN_RESIZE:
		return queue_resize(file->private_data, arg);
	default:
		return -ENOTTY;
	}
}

static int buffer_open(struct inode *inode, struct file *file)
{
	struct queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);

	if (!queue)
		return -ENOMEM;
	mutex_init(&queue->mmap_lock);
	queue->buffer = buffer_alloc(TWIN_PAGES);
	if (IS_ERR(queue->buffer)) {
		kfree(queue);
		return -ENOMEM;
	}
	file->private_data = queue;
	return 0;
}

static int buffer_release(struct inode *inode, struct file *file)
{
	struct queue *queue = file->private_data;

	buffer_put(queue->buffer);
	kfree(queue);
	return 0;
}

static const struct file_operations buffer_fops = {
	.owner = THIS_MODULE,
	.open = buffer_open,
	.release = buffer_release,
	.unlocked_ioctl = buffer_ioctl,
	.mmap = buffer_mmap,
};

struct miscdevice twin_buffer_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmguard-buffer-c",
	.fops = &buffer_fops,
};
