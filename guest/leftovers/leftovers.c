// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ties the sources of evidence together. The state is the agent's own: it is one
 * process, one thread, and one module's life.
 */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "btf.h"
#include "names.h"
#include "pointers.h"
#include "leftovers.h"
#include "trace.h"
#include "trace_module.h"

static struct names *names;
static struct trace *trace;

/* Only where it is not mounted yet; an error is ignored. */
static void mount_debugfs(void)
{
	struct stat here, above;

	if (!stat("/sys/kernel/debug", &here) && !stat("/sys/kernel", &above) &&
	    here.st_dev == above.st_dev)
		mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
}

int leftovers_prepare(void)
{
	struct btf *btf = btf_open();

	mount_debugfs();
	trace_stop(trace);
	trace = trace_start(btf);
	btf_close(btf);
	names_destroy(names);
	names = names_baseline();
	return names ? 0 : -ENOMEM;
}

void leftovers_begin(void)
{
	if (trace)
		trace_clear(trace);
}

void leftovers_collect(const struct leftover_range *ranges, unsigned int n_ranges,
		       const struct leftover_host *host, leftover_fn report, void *data,
		       bool *partial)
{
	*partial = false;
	if (trace) {
		trace_read_gone(trace);
		/* The host looks while we do. */
		pointers_begin(trace, host);
	}
	trace_collect(trace, ranges, n_ranges, report, data, partial);
	if (names)
		names_compare(names, report, data);
	if (trace)
		pointers_end(trace, host, report, data);
}
