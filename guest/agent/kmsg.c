// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's log, record by record, to the host, which reads the records. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kmsg.h"
#include "port.h"

/* What the kernel said before, while it booted and while the template waited, is not the
 * job's. */
void kmsg_begin(struct agent *a)
{
	lseek(a->kmsg, 0, SEEK_END);
}

/* Records carry numbers; a gap is what the kernel overwrote before it was read. */
static void count_lost(struct agent *a, const char *record)
{
	const char *comma = strchr(record, ',');
	uint64_t seq = comma ? strtoull(comma + 1, NULL, 10) : 0;

	if (a->log_seq && seq > a->log_seq + 1) {
		if (!a->log_lost)
			a->lost_phase = a->phase;
		a->log_lost += seq - a->log_seq - 1;
	}
	a->log_seq = seq;
}

/* "PRIORITY,NUMBER,...": worse than a notice. A job that lives again says again what it
 * has said. */
static bool is_trouble(const char *record)
{
	enum { LEVEL = 7, NOTICE = 5 };

	return (strtoul(record, NULL, 10) & LEVEL) < NOTICE;
}

/* One frame's worth of records; false when there are no more. */
static bool drain_frame(struct agent *a)
{
	static char buf[AGENT_BUFFER - sizeof(struct proto_frame)];
	size_t used = 0;
	bool more = true;

	/* A record needs up to 8 KiB of room, else the kernel answers EINVAL. */
	while (used + 8192 < sizeof(buf)) {
		ssize_t n = read(a->kmsg, buf + used, sizeof(buf) - used - 1);

		if (n < 0 && errno == EPIPE)
			continue; /* overwritten; the next read gets the oldest left */
		if (n <= 0) {
			more = false;
			break;
		}
		buf[used + (size_t)n] = '\0';
		count_lost(a, buf + used);
		if (!a->again || is_trouble(buf + used))
			used += (size_t)n;
	}
	if (used)
		port_send(a, PROTO_LOG, NULL, 0, buf, used);
	return more;
}

void kmsg_drain(struct agent *a)
{
	/* Bounded: a module that never stops printing must not keep us here. */
	for (int i = 0; i < 64 && drain_frame(a); i++)
		;
}
