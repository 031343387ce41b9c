// SPDX-License-Identifier: GPL-2.0-only
/* Sleeps 10 ms, works a little, for ever. */
#include "guest.h"

int main(void)
{
	for (;;) {
		sleep_us(10000);
		for (int i = 0; i < 200; i++)
			__asm__ volatile("" : : : "memory");
	}
}
