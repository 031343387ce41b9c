// SPDX-License-Identifier: GPL-2.0-only
/* Makes a thread with a table of files of its own, in which /proc shows nothing. */
#include "attack.h"
#include <sched.h>
#include <sys/mman.h>

static int thread(void *unused)
{
	for (;;)
		pause();
	return unused != NULL;
}

int main(void)
{
	char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
			   MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
	int flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS;

	way(syscall(436 /* close_range */, 1000, 2000, 2) == 0, "close_range");
	way(unshare(CLONE_FILES) == 0, "unshare");
	way(clone(thread, stack + 65536, flags, NULL) >= 0, "clone");
	return attack_done();
}
