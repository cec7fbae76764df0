// SPDX-License-Identifier: GPL-2.0-only
/*
 * A selftest of the kernel that is linked with this has an object of /dev/mmpool
 * mapped, of each kind, beside what it maps itself. They are there while it forks,
 * moves and merges, and have the same content in the end.
 */

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mmpool.h"

#define PAGES 16

static uint32_t *maps[KINDS];

static void fail(const char *what)
{
	perror(what);
	_exit(1);
}

static size_t word(long page)
{
	return page * sysconf(_SC_PAGESIZE) / sizeof(uint32_t);
}

__attribute__((constructor)) static void map(void)
{
	for (uint32_t kind = 0; kind < KINDS; kind++) {
		struct setup setup = { .kind = kind, .pages = PAGES };
		int fd = open("/dev/mmpool", O_RDWR | O_CLOEXEC);

		if (fd < 0 || ioctl(fd, SETUP, &setup))
			fail("beside: an object");
		maps[kind] = mmap(NULL, PAGES * sysconf(_SC_PAGESIZE),
				  PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (maps[kind] == MAP_FAILED)
			fail("beside: mmap");
		close(fd);
		for (long page = 0; page < PAGES; page++)
			maps[kind][word(page)] = page + 1;
	}
}

__attribute__((destructor)) static void check(void)
{
	for (uint32_t kind = 0; kind < KINDS; kind++)
		for (long page = 0; page < PAGES; page++)
			if (maps[kind][word(page)] != page + 1)
				fail("beside: content");
}
