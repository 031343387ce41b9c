// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/cleanup.h"

#include "nodes.h"

enum { DEPTH = 4 };

struct question {
	nodes_known_fn known;
	const void *data;
};

/*
 * The kernel makes and removes a device's node together with the device. So a new node
 * whose number no device has, or one that was there before, was made by the command
 * (mknod). The device itself is not asked: it may point into the unloaded module.
 */
static bool is_of_device(const struct question *q, const struct stat *st)
{
	const char *dir = S_ISCHR(st->st_mode) ? NODES_CHAR : NODES_BLOCK;
	char path[64], number[32];
	struct stat link;

	snprintf(number, sizeof(number), "%u:%u", major(st->st_rdev), minor(st->st_rdev));
	snprintf(path, sizeof(path), "%s/%s", dir, number);
	return !lstat(path, &link) && !q->known(q->data, dir, number);
}

static bool is_kernels(const struct question *q, int at, const char *name, int depth);

static bool has_kernels(const struct question *q, int at, const char *name, int depth)
{
	_cleanup_close_ int fd =
		openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_dir_ DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (dir)
		take_fd(&fd);
	while (dir && (e = readdir(dir)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") &&
		    is_kernels(q, dirfd(dir), e->d_name, depth))
			return true;
	return false;
}

/* Directories come and go with the nodes in them (snd/timer). Files, links and pipes are
 * never the kernel's. */
static bool is_kernels(const struct question *q, int at, const char *name, int depth)
{
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW))
		return false;
	if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
		return is_of_device(q, &st);
	return S_ISDIR(st.st_mode) && depth && has_kernels(q, at, name, depth - 1);
}

bool nodes_by_kernel(int at, const char *name, nodes_known_fn known, const void *data)
{
	const struct question q = {known, data};

	return is_kernels(&q, at, name, DEPTH);
}
