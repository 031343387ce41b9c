// SPDX-License-Identifier: GPL-2.0-only
/* Names from hostile hands; see below.h. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

#include "below.h"
#include "fs.h"

int below_top(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int below_open(int top, const char *name, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_CLOEXEC | O_NOFOLLOW |
			 (flags & O_PATH ? 0 : O_NONBLOCK | O_NOCTTY),
		.mode = flags & O_CREAT ? mode : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int tries = 100, fd;

	/* EAGAIN: something was renamed meanwhile, so the kernel is not sure of a "..".
	 */
	do
		fd = (int)syscall(SYS_openat2, top, name, &how, sizeof(how));
	while (fd < 0 && (errno == EAGAIN || errno == EINTR) && --tries);
	return fd < 0 ? -errno : fd;
}

int below_stat(int top, const char *name, struct stat *ret)
{
	_cleanup_close_ int fd = below_open(top, name, O_PATH, 0);

	if (fd < 0)
		return fd;
	return fstat(fd, ret) < 0 ? -errno : 0;
}

int below_file(int top, const char *name, struct stat *ret)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	int err = below_stat(top, name, &st);

	/* To open a device may do something. */
	if (!err && !S_ISREG(st.st_mode))
		err = S_ISLNK(st.st_mode) ? -ELOOP : -EINVAL;
	if (err)
		return err;
	fd = below_open(top, name, O_RDONLY, 0);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (ret)
		*ret = st;
	return take_fd(&fd);
}

int below_read(int top, const char *name, size_t max, char **ret, size_t *size)
{
	_cleanup_close_ int fd = below_file(top, name, NULL);

	return fd < 0 ? fd : fs_read_fd(fd, max, ret, size);
}

/* Opens the directory that @name is in, and sets *base to the name in it. */
static int open_parent(int top, const char *name, const char **base)
{
	const char *last = fs_basename(name);
	_cleanup_free_ char *dir =
		last == name ? xstrdup(".") : xstrndup(name, (size_t)(last - name));

	if (!strcmp(last, ".."))
		return -EXDEV;
	if (!*last || !strcmp(last, "."))
		return -EINVAL;
	*base = last;
	return below_open(top, dir, O_PATH | O_DIRECTORY, 0);
}

/* Under a name that nothing has, so that nothing there is opened; then over the other. */
static int put(int top, const char *name, int in, const void *data, size_t size,
	       mode_t mode)
{
	const char *base;
	_cleanup_close_ int dir = open_parent(top, name, &base), fd = -1;
	_cleanup_free_ char *tmp = NULL;
	int err;

	if (dir < 0)
		return dir;
	for (unsigned int i = 0; i < 10000 && fd < 0; i++) {
		free(tmp);
		tmp = xprintf(".kmlab-%d-%u", (int)getpid(), i);
		fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0 && errno != EEXIST)
			return -errno;
	}
	if (fd < 0)
		return -EEXIST;
	err = in < 0 ? fs_write_all(fd, data, size) : fs_copy_bytes(in, fd);
	if (!err && fchmod(fd, mode) < 0)
		err = -errno;
	if (!err && renameat(dir, tmp, dir, base) < 0)
		err = -errno;
	if (err == -EISDIR || err == -EEXIST || err == -ENOTEMPTY) {
		err = fs_remove_at(dir, base);
		if (!err && renameat(dir, tmp, dir, base) < 0)
			err = -errno;
	}
	if (err)
		unlinkat(dir, tmp, 0);
	return err;
}

int below_write(int top, const char *name, const void *data, size_t size, mode_t mode)
{
	return put(top, name, -1, data, size, mode);
}

int below_copy(int in, int top, const char *name, mode_t mode)
{
	return put(top, name, in, NULL, 0, mode);
}

int below_list(int top, const char *name, size_t max, struct strv *ret)
{
	int fd = below_open(top, name, O_RDONLY | O_DIRECTORY, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return fd < 0 ? fd : -ENOMEM;
	}
	for (size_t n = 0; n < max && (entry = readdir(dir)); n++)
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			strv_add(ret, entry->d_name);
	closedir(dir);
	strv_sort(ret);
	return 0;
}

int below_mkdir(int top, const char *name, mode_t mode)
{
	const char *base;
	_cleanup_close_ int dir = open_parent(top, name, &base);
	struct stat st;

	if (dir < 0)
		return dir;
	if (mkdirat(dir, base, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

int below_symlink(const char *target, int top, const char *name)
{
	const char *base;
	_cleanup_close_ int dir = open_parent(top, name, &base);

	if (dir < 0)
		return dir;
	return symlinkat(target, dir, base) < 0 ? -errno : 0;
}

int below_remove(int top, const char *name)
{
	const char *base;
	_cleanup_close_ int dir = open_parent(top, name, &base);

	if (dir == -ENOENT || dir == -ENOTDIR || dir == -ELOOP)
		return 0;
	return dir < 0 ? dir : fs_remove_at(dir, base);
}
