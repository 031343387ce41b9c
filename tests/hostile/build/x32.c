// SPDX-License-Identifier: GPL-2.0-only
/* Goes around the filter by the numbers of the x32 ABI: bit 30 set, the same calls. */
#include "attack.h"
#include <sched.h>
#include <sys/socket.h>

#define X32 0x40000000L

int main(void)
{
	/* As x32 has them: up to 511 the numbers of x86-64, from 512 on its own. */
	static const short numbers[] = {
		16,  39,  41,  42,  49,	 53,  56,  90,	91,  101, 105, 155, 161, 165,
		166, 167, 169, 175, 250, 272, 298, 303, 304, 308, 313, 319, 321, 323,
		425, 428, 430, 435, 442, 514, 520, 521, 527, 528, 533, 539, 540};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		long nr = numbers[i];

		errno = 0;
		syscall(X32 | nr, 0x70000000L, 0, 0, 0, 0, 0);
		way(errno != ENOSYS && errno != EPERM, "call %ld: %s", nr,
		    strerror(errno));
	}
	way(syscall(X32 | SYS_getpid) == getpid(), "getpid, so any");
	way(syscall(X32 | SYS_socket, AF_UNIX, SOCK_STREAM, 0) >= 0, "socket");
	way(syscall(X32 | SYS_unshare, CLONE_NEWUSER) == 0, "unshare");
	way(syscall(SYS_unshare | 0x100000000L, CLONE_NEWUSER) == 0,
	    "a number with high bits");
	return attack_done();
}
