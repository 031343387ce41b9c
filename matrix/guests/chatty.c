// SPDX-License-Identifier: GPL-2.0-only
/* Leaves all the time: a read of a port that nobody has. */
#include "guest.h"

int main(void)
{
	for (;;)
		in8(0x80);
}
