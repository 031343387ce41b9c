// SPDX-License-Identifier: GPL-2.0-only
/* Hands wild pointers to every hypercall, in every width. It must survive them all. */
#include "guest.h"

static const uint32_t wild[] = {
	0xffffffff, 0xfffff000, 0x80000000, 0x7fffffff, 0x40000000, 0x00300000,
	0x001fffff, 0x001ffff9, 0x00200000, 0x00206fff, 0x00207fff, 0x00000001,
};

static void try_port(uint16_t port)
{
	for (unsigned int i = 0; i < sizeof(wild) / sizeof(*wild); i++) {
		out32(port, wild[i]);
		out16(port, (uint16_t)wild[i]);
		if (port != MATRIX_PRINT8)
			out8(port, (uint8_t)wild[i]);
		in32(port);
		in16(port);
		in8(port);
	}
}

int main(void)
{
	for (uint16_t port = MATRIX_PORT; port < MATRIX_PORT_END; port++)
		if (port != MATRIX_EXIT && port != MATRIX_ALARM)
			try_port(port);
	out32(MATRIX_ALARM, 0);
	print("\nalive\n");
	return 0;
}
