// SPDX-License-Identifier: GPL-2.0-only
/* Jumps to where no memory is: mapped, but nothing there to be fetched. */
#include "guest.h"
#include "nowhere.h"

int main(void)
{
	void *nowhere = map_nowhere();

	print("about to jump\n");
	((void (*)(void))nowhere)();
	return 0;
}
