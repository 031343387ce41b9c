// SPDX-License-Identifier: GPL-2.0-only
/* Leaves all the time, by reading a port where no device is. */
#include "guest.h"

int main(void)
{
	for (;;)
		in8(0x80);
}
