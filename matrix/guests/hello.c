// SPDX-License-Identifier: GPL-2.0-only
/* Every hypercall once. */
#include "guest.h"

int main(void)
{
	uint32_t before, after;
	struct matrix_translation t;

	if (in32(MATRIX_VERSION) != MATRIX_ABI_ID)
		return 1;
	for (const char *p = "Hello from long mode\n"; *p; p++)
		out8(MATRIX_PRINT8, (uint8_t)*p);
	print_number(2048);
	print_number(4294967295);
	before = exits();
	print("this string costs ");
	after = exits();
	print_number(after - before - 1);
	print(exits_by_type());
	t = translate(&before);
	print(t.status ? "my stack is nowhere\n" : "my stack is mapped\n");
	t = translate((void *)0xdead0000dead);
	print(t.status == MATRIX_NOT_MAPPED ? "Invalid GVA\n"
					    : "a wild pointer is mapped?\n");
	return now_ns() ? 0 : 1;
}
