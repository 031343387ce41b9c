/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest images: a flat binary, or a static 64-bit ELF program. Every field of a file
 * counts as hostile until it was checked; nothing is written outside the guest's RAM.
 */
#ifndef MATRIX_IMAGE_H
#define MATRIX_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memory.h"

enum { IMAGE_WHY = 160, IMAGE_SEGMENTS = 64 };

struct image {
	bool elf;
	uint64_t entry; /* guest address of the first instruction */
	uint64_t end;	/* first address behind what was loaded */
};

/** image_is_elf - does it begin as an ELF file does? Anything else is a flat binary. */
bool image_is_elf(const void *data, size_t size);

/**
 * image_load - copy @data into @ram, which is zeroed: an ELF file's segments to where
 * they were linked, a flat binary to @flat_at, where it also starts.
 * @why: IMAGE_WHY bytes; a sentence about what is wrong when it fails.
 * Return: 0; -ENODATA empty, -EFBIG larger than the memory, -ENOEXEC not an ELF file of
 * this kind, or one that contradicts itself. RAM may be half written then.
 */
int image_load(const void *data, size_t size, const struct guest_region *ram,
	       uint64_t flat_at, struct image *ret, char *why);

#endif
