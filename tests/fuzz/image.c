// SPDX-License-Identifier: GPL-2.0-only
/* libFuzzer: any bytes as a guest image. What is loaded must lie in the guest's memory.
 */
#include <stdlib.h>
#include <string.h>

#include "image.h"

enum { RAM = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Exactly as large as it says: the sanitizer guards both ends. */
	struct guest_region ram = {0, RAM, calloc(1, RAM)};
	struct image image = {0};
	char why[IMAGE_WHY] = "";
	int err = image_load(data, size, &ram, size % 3 ? 0 : 0x10000, &image, why);

	if (err ? !*why || strlen(why) >= IMAGE_WHY
		: image.end > RAM || image.entry >= RAM)
		abort();
	free(ram.host);
	return 0;
}
