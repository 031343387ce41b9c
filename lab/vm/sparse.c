// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest that zeroes what it frees zeroes at boot all that it does not use: most of its
 * RAM file would be zeros on the disk and in the page cache. Holes read the same.
 */
#include <fcntl.h>
#include <string.h>

#include "fs.h"

#include "vm.h"

enum { CHUNK = 1 << 20, PAGE_BYTES = 4096 };

static bool is_zero(const char *page)
{
	return !page[0] && !memcmp(page, page + 1, PAGE_BYTES - 1);
}

static int punch(int fd, off_t from, off_t to)
{
	if (from == to ||
	    !fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from, to - from))
		return 0;
	return -errno;
}

/* Runs of zero pages in the @n bytes at @at become holes. */
static int punch_chunk(int fd, const char *bytes, size_t n, off_t at)
{
	size_t from = 0;
	int err = 0;

	for (size_t i = 0; i + PAGE_BYTES <= n && !err; i += PAGE_BYTES) {
		if (is_zero(bytes + i))
			continue;
		err = punch(fd, at + (off_t)from, at + (off_t)i);
		from = i + PAGE_BYTES;
	}
	return err ? err : punch(fd, at + (off_t)from, at + (off_t)(n - n % PAGE_BYTES));
}

void ram_make_sparse(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);
	_cleanup_free_ char *bytes = xcalloc(1, CHUNK);
	off_t at = fd < 0 ? -1 : lseek(fd, 0, SEEK_DATA);

	while (at >= 0) {
		ssize_t n = pread(fd, bytes, CHUNK, at);

		if (n <= 0 || punch_chunk(fd, bytes, (size_t)n, at))
			return;
		at = lseek(fd, at + n, SEEK_DATA);
	}
}
