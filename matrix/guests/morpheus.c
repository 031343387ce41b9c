// SPDX-License-Identifier: GPL-2.0-only
/* Computes for ever: the longest way down from n to 1, halving even numbers, 3n + 1 for
 * odd ones. Prints a line whenever it finds a longer one. */
#include "guest.h"

static uint32_t steps(uint64_t n)
{
	uint32_t count = 0;

	for (; n != 1; count++)
		n = n % 2 ? 3 * n + 1 : n / 2;
	return count;
}

int main(void)
{
	uint32_t longest = 0;

	print("Morpheus is waiting\n");
	for (uint32_t n = 1;; n = n < 1000000 ? n + 1 : 1) {
		uint32_t now = steps(n);

		if (now <= longest)
			continue;
		longest = now;
		print("longest way so far: ");
		print_number(longest);
	}
}
