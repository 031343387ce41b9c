// SPDX-License-Identifier: GPL-2.0-only
/* The job's bytes: read from the payload disk, kept in memory, unpacked. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "steps.h"

#define READ_PIECE (1UL << 20)

/* Room made and touched before the save; most jobs need no more. */
#define READY_ROOM (512UL << 10)

/* Shared, so that a fork for a module's load copies no page tables. */
static char *make_room(size_t size)
{
	char *room = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	return room == MAP_FAILED ? NULL : room;
}

/*
 * Before the save: opening the disk reads nothing of it. O_DIRECT, as the page cache may
 * hold what the disk was when the template was saved.
 */
int payload_prepare(struct agent *a)
{
	a->disk = open("/dev/vda", O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (a->disk < 0)
		return -errno;
	a->payload = make_room(READY_ROOM);
	return a->payload ? 0 : -ENOMEM;
}

int payload_read(struct agent *a)
{
	size_t size = (a->start.payload_size + 4095) & ~4095UL, done = 0;

	a->payload_size = a->start.payload_size;
	if (size > READY_ROOM)
		a->payload = make_room(size);
	if (!a->payload)
		return -ENOMEM;
	while (done < size) {
		size_t n = size - done < READ_PIECE ? size - done : READ_PIECE;
		ssize_t got = pread(a->disk, a->payload + done, n,
				    (off_t)(PROTO_PAYLOAD_AT + done));

		if (got <= 0)
			return got ? -errno : -EIO;
		done += (size_t)got;
	}
	return 0;
}

const char *payload_name(const struct proto_entry *e)
{
	return (const char *)(e + 1);
}

const char *payload_extra(const struct proto_entry *e)
{
	return payload_name(e) + e->name_len;
}

const void *payload_data(const struct proto_entry *e)
{
	return payload_extra(e) + e->extra_len;
}

const struct proto_entry *payload_next(const struct agent *a, const struct proto_entry *e)
{
	const char *next = a->payload;

	if (e) {
		size_t len = e->name_len + e->extra_len + e->data_len;

		next = payload_name(e) + ((len + 7) & ~7UL);
	}
	if (next + sizeof(*e) > a->payload + a->payload_size)
		return NULL;
	e = (const void *)next;
	return e->type == PROTO_ENTRY_END ? NULL : e;
}

const struct proto_entry *payload_find(const struct agent *a, const struct proto_entry *e,
				       enum proto_entry_type type)
{
	do
		e = payload_next(a, e);
	while (e && e->type != type);
	return e;
}

static void make_parents(const char *path)
{
	char copy[4096];

	if (strlen(path) >= sizeof(copy))
		return;
	strcpy(copy, path);
	for (char *p = copy + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(copy, 0755);
		*p = '/';
	}
}

static int write_file(const struct proto_entry *e)
{
	const char *p = payload_data(e);
	size_t left = e->data_len;
	int fd;

	unlink(payload_name(e)); /* never through a busybox link into busybox */
	fd = open(payload_name(e), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	while (left) {
		ssize_t n = write(fd, p, left);

		if (n < 0) {
			close(fd);
			return -errno;
		}
		p += n;
		left -= (size_t)n;
	}
	fchmod(fd, e->mode & 07777);
	close(fd);
	return 0;
}

static int unpack_one(const struct proto_entry *e)
{
	const char *path = payload_name(e);

	switch (e->type) {
	case PROTO_ENTRY_FILE:
		make_parents(path);
		return write_file(e);
	case PROTO_ENTRY_DIR:
		make_parents(path);
		if (mkdir(path, e->mode & 07777) < 0 && errno != EEXIST)
			return -errno;
		return 0;
	case PROTO_ENTRY_SYMLINK:
		make_parents(path);
		unlink(path);
		return symlink(payload_extra(e), path) < 0 ? -errno : 0;
	}
	return 0;
}

int payload_unpack(struct agent *a)
{
	const struct proto_entry *e = NULL;
	int err;

	while ((e = payload_next(a, e))) {
		err = unpack_one(e);
		if (err)
			return err;
	}
	return 0;
}
