/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 over pieces, for keys that must never be equal by chance. Each text takes part
 * with its NUL, so that "ab", "c" and "a", "bc" differ.
 */
#ifndef KMLAB_LAB_DIGEST_H
#define KMLAB_LAB_DIGEST_H

#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>

struct digest {
	struct sha256_ctx ctx;
};

void digest_init(struct digest *d);
void digest_add(struct digest *d, const void *data, size_t len);
void digest_text(struct digest *d, const char *s);

/** digest_fd - @size bytes from offset @at on, by pread(); its position stays. -errno, or
 *  -EIO when the file is shorter. */
int digest_fd(struct digest *d, int fd, uint64_t at, uint64_t size);

/** digest_file - size and bytes of a whole regular file. 0 or -errno. */
int digest_file(struct digest *d, const char *path);

/** digest_end - 64 hex digits, freed by the caller; @d may be initialized again. */
char *digest_end(struct digest *d);

#endif
