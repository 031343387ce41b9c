// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the agent's secret with process_vm_readv, and speaks over its descriptor.
 *
 * expect:
 *	outcome=leak
 */
#include <sys/uio.h>

#include "lie.h"

static ssize_t peek(unsigned long at, void *to, size_t len)
{
	struct iovec here = {to, len}, there = {(void *)at, len};

	return syscall(SYS_process_vm_readv, 1, &here, 1, &there, 1, 0);
}

int main(void)
{
	unload();
	lie_with(peek);
	return 0;
}
