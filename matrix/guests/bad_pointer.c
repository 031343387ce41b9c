// SPDX-License-Identifier: GPL-2.0-only
/* Writes to where nothing is mapped. */
#include "guest.h"

int main(void)
{
	print("about to write\n");
	*(volatile uint32_t *)0xdead0000 = 1;
	return 0;
}
