// SPDX-License-Identifier: GPL-2.0-only
/* SHA-256 over pieces; see digest.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs.h"

#include "digest.h"

void digest_init(struct digest *d)
{
	sha256_init(&d->ctx);
}

void digest_add(struct digest *d, const void *data, size_t len)
{
	if (len)
		sha256_update(&d->ctx, len, data);
}

void digest_text(struct digest *d, const char *s)
{
	digest_add(d, s, strlen(s) + 1);
}

int digest_fd(struct digest *d, int fd, uint64_t at, uint64_t size)
{
	unsigned char buf[64 * 1024];

	while (size) {
		size_t want = size < sizeof(buf) ? (size_t)size : sizeof(buf);
		ssize_t n = pread(fd, buf, want, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		digest_add(d, buf, (size_t)n);
		at += (uint64_t)n;
		size -= (uint64_t)n;
	}
	return 0;
}

int digest_file(struct digest *d, const char *path)
{
	_cleanup_close_ int fd = fs_open_file(path);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	digest_add(d, &st.st_size, sizeof(st.st_size));
	return digest_fd(d, fd, 0, (uint64_t)st.st_size);
}

char *digest_end(struct digest *d)
{
	uint8_t bytes[SHA256_DIGEST_SIZE];
	char *hex = xcalloc(2 * sizeof(bytes) + 1, 1);

	sha256_digest(&d->ctx, sizeof(bytes), bytes);
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	return hex;
}
