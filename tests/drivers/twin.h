/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MMGUARD_DRIVERS_TWIN_H
#define _MMGUARD_DRIVERS_TWIN_H

#include <linux/ioctl.h>

/* As in uapi.rs. */
#define TWIN_PEEK _IO(0xba, 1)
#define TWIN_POKE _IO(0xba, 2)
#define TWIN_RESIZE _IO(0xba, 3)
#define TWIN_ENABLE _IO(0xba, 4)
#define TWIN_MAPPED _IO(0xba, 5)
#define TWIN_PAGES 4
#define TWIN_MAX_PAGES 16

extern struct miscdevice twin_ring_device;
extern struct miscdevice twin_bar_device;
extern struct miscdevice twin_buffer_device;

int twin_register(void);
void twin_unregister(void);

#endif /* _MMGUARD_DRIVERS_TWIN_H */
