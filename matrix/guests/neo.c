// SPDX-License-Identifier: GPL-2.0-only
/* Computes for ever: primes by trial division. Prints a line now and then. */
#include "guest.h"

static int is_prime(uint32_t n)
{
	for (uint32_t d = 2; d * d <= n; d++)
		if (n % d == 0)
			return 0;
	return 1;
}

int main(void)
{
	uint32_t found = 0;

	print("Neo wakes up\n");
	for (uint32_t n = 2;; n++) {
		found += is_prime(n);
		if (n % 20000 == 0) {
			print("primes so far: ");
			print_number(found);
		}
	}
}
