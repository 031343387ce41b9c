// SPDX-License-Identifier: GPL-2.0-only
/* A task that does not come back: where it stands, and what every CPU does meanwhile. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kmsg.h"
#include "loop.h"
#include "port.h"
#include "small.h"
#include "steps.h"

/* In a child of its own: on a damaged kernel even this may never return. */
pid_t stall_ask(const char *what)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	for (char key[2] = ""; (key[0] = *what); what++)
		write_text("/proc/sysrq-trigger", key);
	_exit(0);
}

void stall_report(struct agent *a, pid_t pid)
{
	char path[64], stack[4096];
	int n;

	kmsg_drain(a);
	snprintf(path, sizeof(path), "/proc/%d/stack", (int)pid);
	n = read_text(path, stack, sizeof(stack));
	if (n > 0)
		port_send(a, PROTO_STALL, NULL, 0, stack, (size_t)n);
	stall_ask("lw"); /* what runs on each CPU, what is blocked */
	loop_rest(a, 500);
}
