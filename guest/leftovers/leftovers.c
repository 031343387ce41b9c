// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ties the sources of evidence together. The state is the agent's own: it is one
 * process, one thread, and one module's life.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"

#include "btf.h"
#include "names.h"
#include "pointers.h"
#include "leftovers.h"
#include "suspects.h"
#include "trace.h"
#include "trace_module.h"
#include "trace_through.h"

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

static void write_setting(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		(void)!write(fd, text, strlen(text));
}

int leftovers_prepare(void)
{
	struct btf *btf = btf_open();

	/* Not to say in its log when its caches are dropped. */
	write_setting("/proc/sys/vm/drop_caches", "4");
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
		trace_forget_code(trace);
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

void leftovers_let_rcu_finish(void)
{
	if (trace)
		trace_let_rcu_finish(trace);
}

/* Names and nodes of files that are gone are among what the kernel keeps, and hold what a
 * module had made. What was in use a moment ago goes the second time only: first a name,
 * then its node. What stands for a closed connection of TCP would stay for a minute;
 * where none may be kept (net/ipv4/tcp_minisocks.c), none is made in the lives that
 * follow. */
enum { PASSES = 4 };

static void keep_little(void)
{
	for (int i = 0; i < PASSES; i++)
		write_setting("/proc/sys/vm/drop_caches", "2");
	write_setting("/proc/sys/net/ipv4/tcp_max_tw_buckets", "0");
}

bool leftovers_suspect(bool shrink, bool *partial)
{
	return trace && trace_suspect(trace, shrink ? keep_little : NULL, partial);
}

bool leftovers_suspected(void)
{
	const struct suspects *suspects = trace_suspects(trace);

	return suspects && suspects_open(suspects);
}

void leftovers_ask(leftover_fn report, void *data)
{
	struct suspects *suspects = trace_suspects(trace);

	if (!suspects)
		return;
	suspects_ask(trace);
	suspects_report(suspects, SUSPECTS_CERTAIN, report, data);
}

void leftovers_lived_again(bool whole, bool *partial)
{
	trace_lived_again(trace, whole, partial);
}

void leftovers_conclude(leftover_fn report, void *data)
{
	struct suspects *suspects = trace_suspects(trace);

	if (!suspects)
		return;
	suspects_report(suspects, SUSPECTS_GROWN, report, data);
	suspects_report(suspects, SUSPECTS_OPEN, report, data);
}
