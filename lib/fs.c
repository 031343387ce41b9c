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

/* A tree may be deeper than there are descriptors or stack: what lies this deep is moved
 * up into the directory that is to be removed, whose children are gone through again. */
#define DEEP 64

struct removal {
	int top;
	unsigned int moved;
};

static int move_up(struct removal *r, int at, const char *name)
{
	char to[32];

	(void)fchmodat(at, name, 0700, 0); /* its ".." is about to change */
	for (;;) {
		snprintf(to, sizeof(to), ".kmlab-deep-%u", r->moved++);
		if (renameat(at, name, r->top, to) == 0)
			return 0;
		if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR)
			return -errno;
	}
}

static int remove_entry(struct removal *r, int at, const char *name, unsigned int depth);

static int remove_children(struct removal *r, int fd, unsigned int depth)
{
	_cleanup_dir_ DIR *dir = NULL;
	struct dirent *entry;
	int err = 0;

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
		int e = remove_entry(r, fd, entry->d_name, depth);

		err = err ? err : e;
	}
	return err;
}

/* The directory itself, whose descriptor is r->top. */
static int remove_top(struct removal *r)
{
	unsigned int before;
	int err;

	if (faccessat(r->top, ".", W_OK | X_OK, 0) < 0)
		(void)fchmod(r->top, 0700);
	do {
		int fd = openat(r->top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		before = r->moved;
		err = fd < 0 ? -errno : remove_children(r, fd, 1);
	} while (!err && r->moved != before);
	return err;
}

static int remove_entry(struct removal *r, int at, const char *name, unsigned int depth)
{
	struct removal own = {-1, 0};
	int fd, err;

	if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	if (depth == DEEP)
		return move_up(r, at, name);
	fd = open_dir(at, name);
	if (fd < 0)
		return errno == ENOTDIR ? -EPERM : -errno;
	if (r) {
		err = remove_children(r, fd, depth + 1);
	} else {
		own.top = fd;
		err = remove_top(&own);
		close(fd);
	}
	if (err)
		return err;
	if (unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	return -errno;
}

int fs_remove_at(int dir, const char *name)
{
	return remove_entry(NULL, dir, name, 0);
}

int fs_remove_tree(const char *path)
{
	return fs_remove_at(AT_FDCWD, path);
}

static int check_regular(const struct stat *st)
{
	if (S_ISREG(st->st_mode))
		return 0;
	return S_ISDIR(st->st_mode) ? -EISDIR : -EINVAL;
}

/* For reading. Looked at first: to open a device may do something (a watchdog starts),
 * and a FIFO without a writer would be waited for. */
static int open_regular(const char *path, struct stat *st)
{
	_cleanup_close_ int fd = -1;
	int err = stat(path, st) < 0 ? -errno : check_regular(st);

	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, st) < 0)
		return -errno;
	err = check_regular(st);
	return err ? err : take_fd(&fd);
}

int fs_open_file(const char *path)
{
	struct stat st;

	return open_regular(path, &st);
}

int fs_read_fd(int fd, size_t max, char **ret, size_t *size)
{
	_cleanup_text_ struct text t = TEXT_INIT;
	char buffer[65536];
	struct stat st;
	ssize_t n;

	/* The size may be wrong, as in /proc, or change; but one of 1 TiB is not tried.
	 */
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size > 0 && (uint64_t)st.st_size > max)
		return -EFBIG;
	while ((n = read(fd, buffer, sizeof(buffer))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if ((size_t)n > max - t.len)
			return -EFBIG;
		text_add(&t, buffer, (size_t)n);
	}
	if (size)
		*size = t.len;
	*ret = text_take(&t);
	return 0;
}

int fs_read_limited(const char *path, size_t max, char **ret)
{
	struct stat st;
	_cleanup_close_ int fd = open_regular(path, &st);

	return fd < 0 ? fd : fs_read_fd(fd, max, ret, NULL);
}

int fs_read_file(const char *path, char **ret, size_t *size)
{
	struct stat st;
	_cleanup_close_ int fd = open_regular(path, &st);

	return fd < 0 ? fd : fs_read_fd(fd, FS_READ_MAX, ret, size);
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

int fs_copy_bytes(int in, int out)
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
	struct stat st;
	_cleanup_close_ int in = open_regular(from, &st);
	_cleanup_free_ char *tmp = xprintf("%s.XXXXXX", to);
	_cleanup_close_ int out = -1;
	int err;

	if (in < 0)
		return in;
	out = mkostemp(tmp, O_CLOEXEC);
	if (out < 0)
		return -errno;
	err = fs_copy_bytes(in, out);
	if (!err && fchmod(out, st.st_mode & 07777) < 0)
		err = -errno;
	if (!err && rename(tmp, to) < 0)
		err = -errno;
	if (err)
		unlink(tmp);
	return err;
}

static uint64_t size_at(int at, const char *name, unsigned int depth)
{
	_cleanup_dir_ DIR *dir = NULL;
	struct dirent *entry;
	struct stat st;
	uint64_t sum;
	int fd;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	sum = (uint64_t)st.st_blocks * 512;
	if (!S_ISDIR(st.st_mode) || depth > 256)
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
			sum += size_at(fd, entry->d_name, depth + 1);
	return sum;
}

uint64_t fs_tree_size(const char *path)
{
	return size_at(AT_FDCWD, path, 0);
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

const char *path_rest(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n && dir[n - 1] == '/')
		n--;
	if (strncmp(path, dir, n) || (path[n] != '/' && (path[n] || !n)))
		return NULL;
	return path + n + strspn(path + n, "/");
}

bool path_below(const char *path, const char *dir)
{
	return path_rest(path, dir) != NULL;
}
