// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stops the agent with ptrace, and speaks while it cannot.
 *
 * expect:
 *	outcome=leak
 */
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "lie.h"

static ssize_t peek(unsigned long at, void *to, size_t len)
{
	for (size_t i = 0; i < len; i += sizeof(long)) {
		long word;

		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, 1, at + i, NULL);
		if (errno)
			return -1;
		memcpy((char *)to + i, &word,
		       len - i < sizeof(word) ? len - i : sizeof(word));
	}
	return (ssize_t)len;
}

int main(void)
{
	unload();
	if (ptrace(PTRACE_SEIZE, 1, NULL, NULL) < 0) {
		perror("ptrace");
	} else {
		ptrace(PTRACE_INTERRUPT, 1, NULL, NULL);
		waitpid(1, NULL, __WALL);
	}
	lie_with(peek);
	return 0;
}
