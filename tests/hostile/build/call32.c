// SPDX-License-Identifier: GPL-2.0-only
/* Goes around the filter by 32-bit system calls, which have other numbers. */
#include "attack.h"
#include <signal.h>
#include <sys/mman.h>

#ifdef __x86_64__
static long call(long nr, long a, long b, long c)
{
	long ret;

	asm volatile("int $0x80"
		     : "=a"(ret)
		     : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(0L), "D"(0L)
		     : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}

/* A kernel without them. */
static void none(int number)
{
	(void)number;
	way(false, "any");
	_exit(attack_done() + fflush(stdout));
}

int main(void)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	unsigned int *args = (void *)(low + 2048);
	long s;

	signal(SIGSEGV, none);
	strcpy(low, "/tmp");
	s = (long)low;
	args[0] = 1, args[1] = 1, args[2] = 0;
	way(call(20, 0, 0, 0) > 0, "getpid, so any");
	way(call(5, s, 0, 0) >= 0, "open");
	way(call(21, s, s, s) == 0, "mount");
	way(call(310, 0x10000000, 0, 0) == 0, "unshare");
	way(call(102, 1, (long)args, 0) >= 0, "socketcall: socket");
	args[3] = (unsigned int)(long)(args + 5);
	way(call(102, 8, (long)args, 0) >= 0, "socketcall: socketpair");
	way(call(359, 1, 1, 0) >= 0, "socket");
	way(call(61, s, 0, 0) == 0, "chroot");
	way(call(26, 16, 1, 0) >= 0, "ptrace");
	way(call(54, 0, 0x5412, s) >= 0, "ioctl TIOCSTI");
	way(call(117, 23, 0, 4096) >= 0, "ipc: shmget");
	way(call(425, 1, s + 1024, 0) >= 0, "io_uring_setup");
	way(call(15, s, 04777, 0) == 0, "chmod");
	way(call(288, 0, -3, 0) >= 0, "keyctl");
	return attack_done();
}
#else
int main(void)
{
	return attack_done();
}
#endif
