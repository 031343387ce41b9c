// SPDX-License-Identifier: GPL-2.0-only
/* Files and trees; see fs.h for the rules. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "fs.h"

const char *fs_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool fs_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool fs_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int fs_mkdir_p(const char *path, mode_t mode)
{
	_cleanup_free_ char *copy = xstrdup(path);

	for (char *p = copy + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, mode) < 0 && errno != EEXIST && !fs_is_dir(copy))
			return -errno;
		*p = '/';
	}
	if (mkdir(copy, mode) < 0 && errno != EEXIST)
		return -errno;
	return fs_is_dir(copy) ? 0 : -ENOTDIR;
}

/* Opens for removal; a directory that we own but cannot read is made readable first. */
static int open_dir(int at, const char *name)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(at, name, flags);

	if (fd < 0 && errno == EACCES && fchmodat(at, name, 0700, 0) == 0)
		fd = openat(at, name, flags);
	return fd;
}

static int remove_at(int at, const char *name);

static int remove_children(int at, const char *name)
{
	_cleanup_dir_ DIR *dir = NULL;
	struct dirent *entry;
	int fd = open_dir(at, name), err = 0;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	if (faccessat(fd, ".", W_OK | X_OK, 0) < 0)
		(void)fchmod(fd, 0700);
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		int e = remove_at(fd, entry->d_name);

		err = err ? err : e;
	}
	return err;
}

static int remove_at(int at, const char *name)
{
	int err;

	if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	err = remove_children(at, name);
	if (err)
		return err == -ENOTDIR ? -EPERM : err;
	if (unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	return -errno;
}

int fs_remove_tree(const char *path)
{
	return remove_at(AT_FDCWD, path);
}

int fs_read_file(const char *path, char **ret, size_t *size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct text t = TEXT_INIT;
	int err;

	if (fd < 0)
		return -errno;
	err = text_read_fd(&t, fd);
	if (err) {
		text_deinit(&t);
		return err;
	}
	if (size)
		*size = t.len;
	*ret = text_take(&t);
	return 0;
}

int fs_read_short(const char *path, size_t max, struct text *ret)
{
	_cleanup_close_ int fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EPERM;
	return (size_t)st.st_size > max ? -EFBIG : text_read_fd(ret, fd);
}

int fs_write_all(int fd, const void *data, size_t size)
{
	const char *p = data;

	while (size) {
		ssize_t n = write(fd, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

int fs_write_file(const char *path, const void *data, size_t size, mode_t mode)
{
	_cleanup_free_ char *tmp = xprintf("%s.XXXXXX", path);
	_cleanup_close_ int fd = mkostemp(tmp, O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = fs_write_all(fd, data, size);
	if (!err && fchmod(fd, mode) < 0)
		err = -errno;
	/* Without this a power cut may leave an empty file under the new name. */
	if (!err && fdatasync(fd) < 0)
		err = -errno;
	if (!err && rename(tmp, path) < 0)
		err = -errno;
	if (err)
		unlink(tmp);
	return err;
}

static int copy_bytes(int in, int out)
{
	char buffer[65536];
	ssize_t n;

	while ((n = copy_file_range(in, NULL, out, NULL, 1 << 30, 0)) > 0)
		;
	if (n == 0)
		return 0;
	/* Not every pair of file systems supports this; what was copied so far stays. */
	while ((n = read(in, buffer, sizeof(buffer))) > 0) {
		int err = fs_write_all(out, buffer, (size_t)n);

		if (err)
			return err;
	}
	return n < 0 ? -errno : 0;
}

int fs_copy_file(const char *from, const char *to)
{
	_cleanup_close_ int in = open(from, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *tmp = xprintf("%s.XXXXXX", to);
	_cleanup_close_ int out = -1;
	struct stat st;
	int err;

	if (in < 0 || fstat(in, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	out = mkostemp(tmp, O_CLOEXEC);
	if (out < 0)
		return -errno;
	err = copy_bytes(in, out);
	if (!err && fchmod(out, st.st_mode & 07777) < 0)
		err = -errno;
	if (!err && rename(tmp, to) < 0)
		err = -errno;
	if (err)
		unlink(tmp);
	return err;
}

static uint64_t size_at(int at, const char *name)
{
	_cleanup_dir_ DIR *dir = NULL;
	struct dirent *entry;
	struct stat st;
	uint64_t sum;
	int fd;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	sum = (uint64_t)st.st_blocks * 512;
	if (!S_ISDIR(st.st_mode))
		return sum;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return sum;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return sum;
	}
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			sum += size_at(fd, entry->d_name);
	return sum;
}

uint64_t fs_tree_size(const char *path)
{
	return size_at(AT_FDCWD, path);
}

int fs_list(const char *path, bool hidden, struct strv *ret)
{
	_cleanup_dir_ DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (!strcmp(name, ".") || !strcmp(name, "..") ||
		    (!hidden && *name == '.'))
			continue;
		strv_add(ret, name);
	}
	strv_sort(ret);
	return 0;
}

int fs_sync_tree(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd) < 0)
		return -errno;
	return 0;
}
