/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A profile: what a guest can ask for, and at which ports. All profiles share one set of
 * functions; they differ in numbers and widths only.
 */
#ifndef MATRIX_HYPERCALL_H
#define MATRIX_HYPERCALL_H

#include <stdbool.h>
#include <stdint.h>

#include "bus.h"

struct vm;

struct hypercall {
	const char *name;
	uint16_t port;
	uint8_t size; /* bytes: exactly these */
	bool in;
	/** call - do it. @value: from the guest for OUT, to the guest for IN. */
	enum vm_event (*call)(struct vm *vm, uint32_t *value);
};

struct hypercall_profile {
	const char *name;
	const char *summary;
	bool real_mode;
	bool low_host_addresses; /* gva to hva answers in 32 bits */
	bool print_all_ports;	 /* an OUT to any other port is printed */
	uint64_t flat_at;	 /* where a flat binary goes */
	uint16_t first, last;	 /* ports */
	const struct hypercall *calls;
	unsigned int n;
};

/** hypercall_profiles - all profiles, the default first; NULL-terminated. */
extern const struct hypercall_profile *const hypercall_profiles[];

/** hypercall_profile_find - by name, or NULL. */
const struct hypercall_profile *hypercall_profile_find(const char *name);

/** hypercall_attach - put the ports of the VM's profile on its bus. 0 or -errno. */
int hypercall_attach(struct vm *vm);

#endif
