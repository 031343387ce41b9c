// SPDX-License-Identifier: GPL-2.0-only
/* Takes memory that belongs to no process and that nobody counts. */
#include "attack.h"
#include <sys/mman.h>

int main(void)
{
	way(syscall(SYS_memfd_create, "x", 0) >= 0, "memfd_create");
	way(syscall(SYS_memfd_create, "x", 4) >= 0, "memfd_create of huge pages");
	way(syscall(447, 0) >= 0, "memfd_secret");
	way(mmap(NULL, 1 << 20, PROT_READ, MAP_ANONYMOUS | MAP_PRIVATE | MAP_LOCKED, -1,
		 0) != MAP_FAILED,
	    "a MiB of locked memory");
	way(mlockall(MCL_CURRENT | MCL_FUTURE) == 0 && malloc(1 << 20), "mlockall");
	return attack_done();
}
