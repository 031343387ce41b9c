// SPDX-License-Identifier: GPL-2.0-only
/*
 * Debian packages: an ar archive around data.tar.*; see deb.h and deb(5).
 *
 * libarchive reads them. It could write them as well and would check them for links
 * (archive_write_disk), but sets the umask and puts it back for every entry, and would
 * have to be given names relative to the working directory, since it refuses links in
 * every part of a name, also where the user's own cache lies behind one. Both belong to
 * the whole process, and this is one of several threads.
 */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include "deb.h"
#include "fs.h"

#define THREADS 2
#define BLOCK	(256 * 1024)

/* A package being unpacked by one thread. */
struct unpack {
	struct archive *outer, *inner;
	const struct deb_job *job;
	atomic_ullong *done; /* bytes of packages read, for progress */
	atomic_bool *stop;
	int dir_fd;
	char *parent; /* directory of the last entry; parent_fd is open on it */
	int parent_fd;
	char buffer[BLOCK];
};

static ssize_t read_outer(struct archive *a, void *data, const void **ret)
{
	struct unpack *u = data;
	ssize_t n = atomic_load(u->stop) ? ARCHIVE_FATAL
					 : archive_read_data(u->outer, u->buffer, BLOCK);

	*ret = u->buffer;
	if (n < 0) {
		archive_set_error(a, atomic_load(u->stop) ? ECANCELED : EIO,
				  "the package is damaged");
		return ARCHIVE_FATAL;
	}
	atomic_fetch_add(u->done, (unsigned long long)n);
	return n;
}

/* A directory inside @fd, made when it is missing; -ENOTDIR or -ELOOP for a link to one.
 */
static int open_step(int fd, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int dir = openat(fd, name, flags);

	if (dir < 0 && errno == ENOENT) {
		if (mkdirat(fd, name, 0755) < 0 && errno != EEXIST)
			return -errno;
		dir = openat(fd, name, flags);
	}
	return dir < 0 ? -errno : dir;
}

/*
 * Opens the directory that @path lies in, going down from the top one step at a time and
 * through no link: a package could lead us out of the tree by one that it brought itself.
 */
static int open_parent(const struct unpack *u, const char *path)
{
	_cleanup_free_ char *copy = xstrdup(path);
	_cleanup_close_ int fd =
		openat(u->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *name = copy, *slash;

	if (fd < 0)
		return -errno;
	for (; (slash = strchr(name, '/')); name = slash + 1) {
		int next;

		if (slash == name)
			continue; /* "a//b" */
		*slash = '\0';
		next = open_step(fd, name);
		close(fd);
		fd = next;
		if (fd < 0)
			return take_fd(&fd);
	}
	return take_fd(&fd);
}

/* Makes @path's directory the current one (parent_fd). Most entries lie in the same
 * directory as the one before, which is open then. */
static int enter_parent(struct unpack *u, const char *path)
{
	_cleanup_free_ char *parent = xstrndup(path, (size_t)(fs_basename(path) - path));
	int fd;

	if (u->parent && !strcmp(u->parent, parent))
		return 0;
	fd = open_parent(u, path);
	if (fd < 0)
		return fd;
	if (u->parent_fd >= 0)
		close(u->parent_fd);
	free(u->parent);
	u->parent_fd = fd;
	u->parent = take_ptr(parent);
	return 0;
}

static int put_file(struct unpack *u, const char *name, mode_t mode)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	_cleanup_close_ int fd = -1;

	unlinkat(u->parent_fd, name, 0);
	/* Never a set-uid bit; always readable and replaceable by the owner. */
	fd = openat(u->parent_fd, name, flags, (mode & 0755) | 0600);
	if (fd < 0)
		return -errno;
	if (archive_read_data_into_fd(u->inner, fd) != ARCHIVE_OK)
		return archive_errno(u->inner) > 0 ? -archive_errno(u->inner) : -EBADMSG;
	return 0;
}

static int put_symlink(struct unpack *u, const char *name, const char *target)
{
	_cleanup_free_ char *fixed = NULL;

	if (u->job->layout == DEB_KERNEL && str_starts(target, "../../lib/linux-kbuild-"))
		fixed = xprintf("../%s", target + strlen("../../lib/"));
	unlinkat(u->parent_fd, name, 0);
	return symlinkat(fixed ? fixed : target, u->parent_fd, name) < 0 ? -errno : 0;
}

static int put_hardlink(struct unpack *u, const char *name, const char *target)
{
	_cleanup_free_ char *mapped = deb_map(u->job->layout, target);
	_cleanup_close_ int from = -1;

	if (!mapped)
		return 0; /* the file that it names is left out */
	from = open_parent(u, mapped);
	if (from < 0)
		return from;
	unlinkat(u->parent_fd, name, 0);
	return linkat(from, fs_basename(mapped), u->parent_fd, name, 0) < 0 ? -errno : 0;
}

static int put_dir(struct unpack *u, const char *name)
{
	return mkdirat(u->parent_fd, name, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

static int put_entry(struct unpack *u, struct archive_entry *entry)
{
	_cleanup_free_ char *path =
		deb_map(u->job->layout, archive_entry_pathname(entry));
	size_t len = path ? strlen(path) : 0;
	const char *name;
	int err;

	while (len && path[len - 1] == '/')
		path[--len] = '\0';
	if (!len)
		return 0;
	err = enter_parent(u, path);
	if (err)
		return err;
	name = fs_basename(path);
	if (archive_entry_hardlink(entry))
		return put_hardlink(u, name, archive_entry_hardlink(entry));
	switch (archive_entry_filetype(entry)) {
	case AE_IFDIR:
		return put_dir(u, name);
	case AE_IFLNK:
		return put_symlink(u, name, archive_entry_symlink(entry));
	case AE_IFREG:
		return put_file(u, name, archive_entry_perm(entry));
	default:
		return 0; /* device nodes: none of ours has any */
	}
}

static int unpack_data(struct unpack *u)
{
	struct archive_entry *entry;
	int r, err = 0;

	archive_read_support_format_tar(u->inner);
	archive_read_support_filter_all(u->inner);
	r = archive_read_open(u->inner, u, NULL, read_outer, NULL);
	while (r == ARCHIVE_OK && !err) {
		r = archive_read_next_header(u->inner, &entry);
		if (r == ARCHIVE_OK || r == ARCHIVE_WARN) {
			r = ARCHIVE_OK;
			err = put_entry(u, entry);
		}
	}
	if (!err && r != ARCHIVE_EOF)
		err = archive_errno(u->inner) == ENOMEM ? -ENOMEM : -EBADMSG;
	return atomic_load(u->stop) ? -ECANCELED : err;
}

static int unpack_outer(struct unpack *u)
{
	struct archive_entry *entry;

	archive_read_support_format_ar(u->outer);
	if (archive_read_open_filename(u->outer, u->job->file, BLOCK) != ARCHIVE_OK)
		return -EBADMSG;
	while (archive_read_next_header(u->outer, &entry) == ARCHIVE_OK)
		if (str_starts(archive_entry_pathname(entry), "data.tar"))
			return unpack_data(u);
	return -EBADMSG;
}

static int unpack_package(const struct deb_job *job, atomic_ullong *done,
			  atomic_bool *stop)
{
	_cleanup_free_ struct unpack *u = xcalloc(1, sizeof(*u));
	_cleanup_close_ int dir_fd = open(job->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	if (dir_fd < 0)
		return -errno;
	*u = (struct unpack){.job = job,
			     .done = done,
			     .stop = stop,
			     .dir_fd = dir_fd,
			     .parent_fd = -1};
	u->outer = archive_read_new();
	u->inner = archive_read_new();
	err = unpack_outer(u);
	archive_read_free(u->inner);
	archive_read_free(u->outer);
	if (u->parent_fd >= 0)
		close(u->parent_fd);
	free(u->parent);
	return err;
}

/* The queue that the threads share. */
struct queue {
	const struct deb_job *jobs;
	size_t n;
	atomic_size_t next;
	atomic_uint running;
	atomic_ullong done;
	atomic_bool stop;
	pthread_mutex_t lock; /* for the two below */
	int err;
	const char *failed;
};

static void *unpack_worker(void *data)
{
	struct queue *q = data;
	size_t i;

	while (!atomic_load(&q->stop) && (i = atomic_fetch_add(&q->next, 1)) < q->n) {
		int err = unpack_package(&q->jobs[i], &q->done, &q->stop);

		if (!err)
			continue;
		pthread_mutex_lock(&q->lock);
		if (!q->err) {
			q->err = err;
			q->failed = q->jobs[i].file;
		}
		pthread_mutex_unlock(&q->lock);
		atomic_store(&q->stop, true);
	}
	atomic_fetch_sub(&q->running, 1);
	return NULL;
}

static int biggest_first(const void *a, const void *b)
{
	const struct deb_job *x = a, *y = b;

	return x->size < y->size ? 1 : x->size > y->size ? -1 : strcmp(x->file, y->file);
}

static void watch_queue(struct lab *lab, struct queue *q, uint64_t total,
			const char *what)
{
	while (atomic_load(&q->running)) {
		if (lab_cancelled(lab))
			atomic_store(&q->stop, true);
		lab_report(lab, what, atomic_load(&q->done), total, false);
		usleep(20000);
	}
	lab_report(lab, what, total, total, true);
}

static int queue_result(struct lab *lab, struct queue *q)
{
	if (lab_cancelled(lab) && (q->err == -ECANCELED || atomic_load(&q->next) < q->n))
		return lab_fail(lab, -ECANCELED, "interrupted");
	if (q->err == -ENOSPC || q->err == -EDQUOT)
		return lab_fail(lab, q->err,
				"no space left to unpack '%s'; free some or set "
				"KMLAB_CACHE",
				fs_basename(q->failed));
	if (q->err)
		return lab_fail(lab, q->err, "cannot unpack '%s': %s; try again",
				fs_basename(q->failed), strerror(-q->err));
	return 0;
}

int deb_unpack(struct lab *lab, struct deb_job *jobs, size_t n, const char *what)
{
	struct queue q = {
		.jobs = jobs, .n = n, .running = 0, .lock = PTHREAD_MUTEX_INITIALIZER};
	pthread_t threads[THREADS];
	uint64_t total = 0;
	int started = 0;

	qsort(jobs, n, sizeof(*jobs), biggest_first);
	for (size_t i = 0; i < n; i++)
		total += jobs[i].size;
	while (started < THREADS) {
		atomic_fetch_add(&q.running, 1);
		if (pthread_create(&threads[started], NULL, unpack_worker, &q)) {
			atomic_fetch_sub(&q.running, 1);
			break;
		}
		started++;
	}
	if (!started)
		return lab_fail(lab, -EAGAIN,
				"cannot start a thread to unpack packages; free "
				"memory or raise the process limit");
	watch_queue(lab, &q, total, what);
	for (int i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	return queue_result(lab, &q);
}
