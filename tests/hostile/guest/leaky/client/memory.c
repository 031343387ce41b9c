// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the agent's secret in /proc/1/mem, and speaks over its descriptor.
 *
 * expect:
 *	outcome=leak
 */
#include "lie.h"

static int mem;

static ssize_t peek(unsigned long at, void *to, size_t len)
{
	return pread(mem, to, len, (off_t)at);
}

int main(void)
{
	unload();
	mem = open("/proc/1/mem", O_RDWR);
	if (mem < 0)
		perror("/proc/1/mem");
	lie_with(peek);
	return 0;
}
