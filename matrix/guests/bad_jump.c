// SPDX-License-Identifier: GPL-2.0-only
/* Jumps to an address that is mapped, but to no memory: nothing can be fetched there. */
#include "guest.h"
#include "nowhere.h"

int main(void)
{
	void *nowhere = map_nowhere();

	print("about to jump\n");
	((void (*)(void))nowhere)();
	return 0;
}
