/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who answers at which port. One bus per VM: two guests never meet in a table.
 */
#ifndef MATRIX_BUS_H
#define MATRIX_BUS_H

#include <stdbool.h>
#include <stdint.h>

struct vm;

/* What a guest's exit means for who runs it. */
enum vm_event {
	VM_GOES_ON, /* an exit was served; the guest can be entered again */
	VM_DID_IO,  /* the same, and it was a port */
	VM_KICKED,  /* a signal ended its stay */
	VM_YIELDS,  /* it gives up the rest of its turn */
	VM_SLEEPS,  /* until vm->alarm_ns */
	VM_ENDED    /* for good; vm->end says how */
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
	/** access - serve it. Return: what it means; VM_DID_IO when nothing special.
	 *  May sleep; is called by the thread that runs the guest. */
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

/** bus_add - @dev, which must outlive the bus, answers at @first..@last.
 *  Return: 0, -EEXIST when a port of them is taken, -ENOSPC. */
int bus_add(struct bus *bus, uint16_t first, uint16_t last, const struct bus_device *dev);

/** bus_access - let the device answer. With none, a read gives all ones, as an open bus
 *  does, and a write goes nowhere. */
enum vm_event bus_access(struct vm *vm, const struct bus *bus, struct bus_access *a);

#endif
