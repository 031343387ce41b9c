// SPDX-License-Identifier: GPL-2.0-only
/* Never leaves by itself. Only a kick gets the CPU back. */
#include "guest.h"

int main(void)
{
	for (;;)
		__asm__ volatile("" : : : "memory");
}
