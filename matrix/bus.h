/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which device answers at which port. Each VM has its own bus, so guests share no table.
 */
#ifndef MATRIX_BUS_H
#define MATRIX_BUS_H

#include <stdbool.h>
#include <stdint.h>

struct vm;

/* What an exit means for the code that runs the guest. */
enum vm_event {
	VM_GOES_ON, /* an exit was served; the guest can be entered again */
	VM_DID_IO,  /* the same, and it was an access to a port */
	VM_KICKED,  /* a signal ended its stay */
	VM_YIELDS,  /* the guest gives up the rest of its turn */
	VM_SLEEPS,  /* the guest sleeps until vm->alarm_ns */
	VM_ENDED    /* the guest has ended; vm->end says how */
};

/* One access of 1, 2 or 4 bytes. */
struct bus_access {
	uint16_t port;
	uint8_t size;
	bool in;	/* the guest reads: set value */
	uint32_t value; /* all ones before a read, zero-extended for a write */
};

struct bus_device {
	const char *name;
	/** access - serve the access. Return: what the exit means; VM_DID_IO when nothing
	 *  special. May sleep. Called by the thread that runs the guest. */
	enum vm_event (*access)(struct vm *vm, const struct bus_device *dev,
				struct bus_access *a);
};

enum { BUS_DEVICES = 8 };

struct bus {
	struct bus_range {
		uint16_t first, last;
		const struct bus_device *dev;
	} ranges[BUS_DEVICES];
	unsigned int n;
};

/** bus_add - let @dev, which must outlive the bus, answer at @first..@last. Return: 0,
 *  -EEXIST when one of these ports is taken, -ENOSPC. */
int bus_add(struct bus *bus, uint16_t first, uint16_t last, const struct bus_device *dev);

/** bus_access - let the device answer. With none, a read gives all ones, as an open bus
 *  does, and a write goes nowhere. */
enum vm_event bus_access(struct vm *vm, const struct bus *bus, struct bus_access *a);

#endif
