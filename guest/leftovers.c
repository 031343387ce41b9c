// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ties the sources of evidence together. The state is the agent's own: it is one
 * process, one thread, and one module's life.
 */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "leftover_names.h"
#include "leftovers.h"

static struct names *names;

/* Mounted over itself is an error we do not mind. */
static void mount_debugfs(void)
{
	struct stat here, above;

	if (!stat("/sys/kernel/debug", &here) && !stat("/sys/kernel", &above) &&
	    here.st_dev == above.st_dev)
		mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
}

int leftovers_prepare(void)
{
	mount_debugfs();
	names_destroy(names);
	names = names_baseline();
	return names ? 0 : -ENOMEM;
}

void leftovers_begin(void)
{
}

void leftovers_collect(const struct leftover_range *ranges, unsigned int n_ranges,
		       leftover_fn report, void *data, bool *partial)
{
	*partial = false;
	if (names)
		names_compare(names, report, data);
}
