/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's memory as the host sees it: QEMU's private mapping of the template's RAM
 * file, read from outside while the guest runs. What is in there is the guest's word as
 * well, but the kernel's, and not that of whoever has the agent's port: nothing that is
 * read is trusted, and every walk has an end.
 */
#ifndef KMLAB_LAB_VM_GUEST_MEMORY_H
#define KMLAB_LAB_VM_GUEST_MEMORY_H

#include "vm.h"

struct guest_memory {
	pid_t pid;
	uint64_t size;			    /* bytes of RAM */
	const struct proto_kernel_map *map; /* borrowed */
	struct {
		uint64_t offset, size, address; /* in the file; in QEMU */
	} pieces[16];
	size_t n;
};

/** guest_memory_open - find the RAM of @memory_mib in the process @pid, a child of ours.
 *  0; -ESRCH: QEMU has ended; -errno: it cannot be found. Nothing to close. */
int guest_memory_open(struct guest_memory *m, pid_t pid, unsigned int memory_mib,
		      const struct proto_kernel_map *map);

/** guest_memory_read - @len bytes from a virtual address of the kernel's. 0; -EFAULT:
 *  there is no such memory; -ESRCH: QEMU has ended; -errno: it cannot be read. */
int guest_memory_read(const struct guest_memory *m, uint64_t address, void *to,
		      size_t len);

/** guest_memory_physical - the guest's address of what lies at @offset in the RAM file.
 */
uint64_t guest_memory_physical(const struct guest_memory *m, uint64_t offset);

/* @offset: in the RAM file */
typedef void (*guest_page_fn)(void *data, uint64_t offset, const char *bytes);

/** guest_memory_written - each page of 4096 bytes that the guest of a clone has written
 *  to since it was resumed, with its contents. 0; -ESRCH: QEMU has ended; -errno. */
int guest_memory_written(const struct guest_memory *m, guest_page_fn fn, void *data);

struct guest_module {
	uint32_t state; /* enum module_state: 0 is live */
	char name[57];	/* NUL-terminated, any bytes */
};

typedef void (*guest_module_fn)(void *data, const struct guest_module *module);

/** guest_modules - the kernel's list of modules. How many; -EUCLEAN: the list is damaged;
 *  else as guest_memory_read(). */
int guest_modules(const struct guest_memory *m, guest_module_fn fn, void *data);

#endif
