// SPDX-License-Identifier: GPL-2.0-only
/* Accesses every port, in every width and direction, and with repeated strings, without
 * pause. */
#include "guest.h"

static uint8_t bytes[64];

static void rep(uint16_t port)
{
	const void *from = bytes;
	void *to = bytes;
	uint64_t n = sizeof(bytes);

	__asm__ volatile("rep outsb" : "+S"(from), "+c"(n) : "d"(port) : "memory");
	n = sizeof(bytes) / 4;
	__asm__ volatile("rep insl" : "+D"(to), "+c"(n) : "d"(port) : "memory");
}

int main(void)
{
	uint32_t rounds = 0;

	for (;;) {
		for (uint32_t port = 0; port < 0x10000; port += 1 + rounds % 7) {
			if (port >= MATRIX_PORT && port < MATRIX_PORT_END)
				continue;
			out8((uint16_t)port, 1);
			out16((uint16_t)port, 2);
			out32((uint16_t)port, 3);
			in8((uint16_t)port);
			in16((uint16_t)port);
			in32((uint16_t)port);
			rep((uint16_t)port);
		}
		rounds++;
	}
}
