// SPDX-License-Identifier: GPL-2.0-only
/* What a build has written; see disk.h. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "census.h"
#include "disk.h"

#define DISK_ROUNDS 10
#define PER_FILE    4096	   /* bytes that a file takes beside its content, about */
#define RESERVE	    (256ULL << 20) /* of the cache's disk, for everybody else */
#define MAX_DEPTH   64

void disk_begin(struct disk_watch *w, int fd)
{
	struct statvfs vfs;

	*w = (struct disk_watch){.fd = fd};
	if (fd < 0 || fstatvfs(fd, &vfs) < 0)
		return;
	w->left = vfs.f_bavail * vfs.f_frsize;
	w->files = vfs.f_favail;
}

/* Hostile: no link is followed, and what is too deep to be walked is too much. */
static uint64_t tree_size(int dir, const char *path, unsigned int depth, uint64_t most)
{
	struct listing l;
	uint64_t sum = 0;
	const char *name;
	struct stat st;

	if (!listing_open(&l, dir, path))
		return 0;
	if (depth > MAX_DEPTH)
		sum = most + 1;
	while (sum <= most && (name = listing_next(&l))) {
		if (fstatat(l.fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		/* An empty file takes room, too. */
		sum += (uint64_t)st.st_blocks * 512 + PER_FILE;
		if (S_ISDIR(st.st_mode))
			sum += tree_size(l.fd, name, depth + 1, most);
	}
	listing_close(&l);
	return sum;
}

/* Files that were added up, so that one that many have open counts once. */
struct seen {
	struct {
		dev_t dev;
		ino_t ino;
	} file[256];
	size_t n;
};

static bool is_new(struct seen *seen, const struct stat *st)
{
	for (size_t i = 0; i < seen->n; i++)
		if (seen->file[i].dev == st->st_dev && seen->file[i].ino == st->st_ino)
			return false;
	if (seen->n < sizeof(seen->file) / sizeof(*seen->file)) {
		seen->file[seen->n].dev = st->st_dev;
		seen->file[seen->n++].ino = st->st_ino;
	}
	return true;
}

/* Files without a name that a process still has open. */
static uint64_t unlinked_of(int proc, const char *pid, struct seen *seen)
{
	static struct listing l;
	uint64_t sum = 0;
	const char *name;
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "%s/fd", pid);
	listing_open(&l, proc, path);
	while (l.fd >= 0 && (name = listing_next(&l)))
		if (fstatat(l.fd, name, &st, 0) == 0 && S_ISREG(st.st_mode) &&
		    !st.st_nlink && is_new(seen, &st))
			sum += (uint64_t)st.st_blocks * 512;
	listing_close(&l);
	return sum;
}

static uint64_t unlinked_size(void)
{
	static struct listing l;
	struct seen seen = {.n = 0};
	uint64_t sum = 0;
	const char *name;

	if (!open_proc(&l))
		return 0;
	while ((name = next_process(&l, false)))
		sum += unlinked_of(l.fd, name, &seen);
	return sum;
}

/* A file that is mapped, unlinked and closed shows its name but not its size: with one of
 * those about, what the disk has lost is the build's. */
static bool hides_files(void)
{
	static struct listing l;
	bool found = false;
	const char *name;

	if (!open_proc(&l))
		return false;
	while ((name = next_process(&l, false)))
		found = found || maps_deleted_file(l.fd, name);
	return found;
}

static bool disk_over(int upper, uint64_t gone, uint64_t most)
{
	uint64_t sum = tree_size(upper, ".", 0, most);

	return sum + unlinked_size() > most || (gone > most && hides_files());
}

/*
 * Files of others come and go: what the build has is added up only when the disk as a
 * whole has lost a good part of the limit since the build began, and not each time.
 */
enum sandbox_limit disk_check(struct disk_watch *w, uint64_t most)
{
	uint64_t left, gone;
	struct statvfs vfs;

	if (w->fd < 0 || fstatvfs(w->fd, &vfs) < 0)
		return LIMIT_NONE;
	left = vfs.f_bavail * vfs.f_frsize;
	if (left > w->left)
		w->left = left;
	if (vfs.f_favail > w->files)
		w->files = vfs.f_favail;
	gone = w->left - left + (w->files - vfs.f_favail) * PER_FILE;
	if (gone > RESERVE / 4 &&
	    (left < RESERVE || (vfs.f_files && vfs.f_favail < vfs.f_files / 50)))
		return LIMIT_SPACE;
	if (gone < most / 4 || (gone < most && w->rounds++ % DISK_ROUNDS))
		return LIMIT_NONE;
	return disk_over(w->fd, gone, most) ? LIMIT_DISK : LIMIT_NONE;
}
