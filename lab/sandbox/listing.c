// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "listing.h"

bool listing_open(struct listing *l, int dir, const char *path)
{
	l->n = l->at = 0;
	l->fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return l->fd >= 0;
}

void listing_close(struct listing *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

const char *listing_next(struct listing *l)
{
	struct dirent64 *e;

	do {
		if (l->at >= l->n) {
			l->n = getdents64(l->fd, l->buf, sizeof(l->buf));
			l->at = 0;
			if (l->n <= 0)
				return NULL;
		}
		e = (struct dirent64 *)(l->buf + l->at);
		l->at += e->d_reclen;
	} while (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."));
	return e->d_name;
}
