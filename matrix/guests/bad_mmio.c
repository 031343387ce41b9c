// SPDX-License-Identifier: GPL-2.0-only
/* Reads and writes where page tables lead to no memory. Reads must give all ones. */
#include "guest.h"
#include "nowhere.h"

int main(void)
{
	volatile uint64_t *nowhere = map_nowhere();

	*nowhere = 42;
	print(*nowhere == ~0ull ? "alive\n" : "it remembers?\n");
	return 0;
}
