// SPDX-License-Identifier: GPL-2.0-only
/* Ports; see bus.h. */
#include <errno.h>

#include "bus.h"
#include "vm.h"

int bus_add(struct bus *bus, uint16_t first, uint16_t last, const struct bus_device *dev)
{
	for (unsigned int i = 0; i < bus->n; i++)
		if (first <= bus->ranges[i].last && last >= bus->ranges[i].first)
			return -EEXIST;
	if (bus->n == BUS_DEVICES)
		return -ENOSPC;
	bus->ranges[bus->n++] = (struct bus_range){first, last, dev};
	return 0;
}

enum vm_event bus_access(struct vm *vm, const struct bus *bus, struct bus_access *a)
{
	for (unsigned int i = 0; i < bus->n; i++) {
		const struct bus_range *r = &bus->ranges[i];

		if (a->port >= r->first && a->port <= r->last)
			return r->dev->access(vm, r->dev, a);
	}
	vm->counts.unclaimed++;
	return VM_DID_IO;
}
