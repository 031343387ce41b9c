// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "listing.h"

/* As in <linux/dirent.h>. */
struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short len;
	unsigned char type;
	char name[];
};

const char *listing_next(struct listing *l)
{
	struct entry *e;

	do {
		if (l->at >= l->n) {
			l->n = syscall(SYS_getdents64, l->fd, l->buf, sizeof(l->buf));
			l->at = 0;
			if (l->n <= 0)
				return NULL;
		}
		e = (struct entry *)(l->buf + l->at);
		l->at += e->len;
	} while (!strcmp(e->name, ".") || !strcmp(e->name, ".."));
	return e->name;
}
