// SPDX-License-Identifier: GPL-2.0-only
/* An interrupt table of its own, and nothing in it: the next exception is a triple fault.
 */
#include "guest.h"

int main(void)
{
	static const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) empty;

	__asm__ volatile("lidt %0" : : "m"(empty));
	print("about to fault\n");
	__asm__ volatile("ud2");
	return 0;
}
