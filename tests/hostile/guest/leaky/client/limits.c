// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gives the agent limits under which it can open nothing and find nothing.
 *
 * expect:
 *	outcome=leak
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/resource.h>

int main(void)
{
	static const int kinds[] = {RLIMIT_NOFILE, RLIMIT_AS,	 RLIMIT_DATA,
				    RLIMIT_STACK,  RLIMIT_FSIZE, RLIMIT_NPROC};
	const struct rlimit none = {3, 3};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (prlimit(1, kinds[i], &none, NULL) < 0)
			perror("prlimit");
	return 0;
}
