// SPDX-License-Identifier: GPL-2.0-only
/* Computes, talks and sleeps by turns, each for some milliseconds. */
#include "guest.h"

static void compute(uint64_t until)
{
	do
		for (int i = 0; i < 1000; i++)
			__asm__ volatile("" : : : "memory");
	while (now_ns() < until);
}

static void talk(uint64_t until)
{
	while (now_ns() < until)
		in8(0x80);
}

int main(void)
{
	for (;;) {
		compute(now_ns() + 7000000);
		talk(now_ns() + 5000000);
		sleep_us(3000);
	}
}
