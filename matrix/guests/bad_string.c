// SPDX-License-Identifier: GPL-2.0-only
/* Prints strings without an end: over many pages, up to the end of memory, around 4 GiB.
 */
#include "guest.h"

int main(void)
{
	char *memory = (char *)0x40000;
	uint64_t size = memory_size();

	for (uint64_t i = 0; i < 0x10000; i++)
		memory[i] = 'x';
	print(memory);
	print("\n");
	*(char *)(size - 1) = 'y';
	print((char *)(size - 1));
	print("\n");
	print((char *)0xfffffff0);
	print("alive\n");
	return 0;
}
