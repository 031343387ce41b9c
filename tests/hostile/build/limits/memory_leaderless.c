// SPDX-License-Identifier: GPL-2.0-only
/* Takes memory in processes whose first thread has ended: their status file shows none.
 */
#include "take.h"
#include <pthread.h>

static void *take(void *unused)
{
	for (int i = 0; i < MUCH / 3; i++) {
		void *p = malloc(MIB);

		if (p)
			memset(p, 1, MIB);
	}
	sleep(20);
	return unused;
}

int main(void)
{
	for (int i = 0; i < 3; i++) {
		pthread_t thread;

		if (fork())
			continue;
		pthread_create(&thread, NULL, take, NULL);
		pthread_exit(NULL);
	}
	return taken();
}
