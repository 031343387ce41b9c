// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the cache's file system cannot carry an overlay (NFS, an overlay itself), upper
 * is a copy of the source, shown at the source's own path. A list of what was copied,
 * with sizes and times, tells what to copy again and what to remove; a file that a build
 * changed in its copy stays so until the user changes the original, as in an overlay.
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "below.h"
#include "build_job.h"
#include "fs.h"

struct mirror {
	struct build_job *job;
	struct strv old;   /* lines of the last list, sorted */
	struct strv lines; /* of the new one */
	struct strv paths; /* in it */
};

static char *list_path(const struct build_job *job)
{
	return xprintf("%s/mirror", job->entry);
}

bool build_mirror_active(const struct build_job *job)
{
	_cleanup_free_ char *path = list_path(job);

	return fs_exists(path);
}

static int copy_link(const char *from, int top, const char *to)
{
	char target[PATH_MAX];
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	if (n < 0)
		return -errno;
	target[n] = '\0';
	return below_symlink(target, top, to);
}

/* With the original's time: make compares it with those of the objects. */
static int copy_one(const char *from, int top, const char *to, const struct stat *st)
{
	const struct timespec times[] = {st->st_mtim, st->st_mtim};
	_cleanup_close_ int in = -1, copy = -1;
	int err = below_remove(top, to);

	if (err)
		return err;
	if (S_ISLNK(st->st_mode))
		return copy_link(from, top, to);
	in = fs_open_file(from);
	/* Unreadable for us, so for make. */
	if (in == -EACCES)
		return 0;
	err = in < 0 ? in : below_copy(in, top, to, st->st_mode & 07777);
	if (err)
		return err;
	copy = below_open(top, to, O_PATH, 0);
	if (copy < 0)
		return copy;
	return utimensat(copy, "", times, AT_EMPTY_PATH) < 0 ? -errno : 0;
}

static int sync_dir(struct mirror *m, const char *sub);

static int sync_one(struct mirror *m, const char *rel)
{
	_cleanup_free_ char *from = xprintf("%s/%s", m->job->dir, rel);
	int top = m->job->top, err;
	struct stat st;
	char *line;
	bool same;

	if (lstat(from, &st) < 0 || strv_contains(&m->job->hide, rel) ||
	    !strcmp(from, m->job->lab->cache_dir))
		return 0;
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
		return 0;
	if (S_ISDIR(st.st_mode))
		line = xprintf("%s\td", rel);
	else
		line = xprintf("%s\t%o %lld %lld.%09ld %lld.%09ld %llu", rel, st.st_mode,
			       (long long)st.st_size, (long long)st.st_mtim.tv_sec,
			       st.st_mtim.tv_nsec, (long long)st.st_ctim.tv_sec,
			       st.st_ctim.tv_nsec, (unsigned long long)st.st_ino);
	strv_take(&m->lines, line);
	strv_add(&m->paths, rel);
	same = strv_sorted_contains(&m->old, line);
	if (!S_ISDIR(st.st_mode))
		return same ? 0 : copy_one(from, top, rel, &st);
	err = below_mkdir(top, rel, 0755);
	if (err == -ENOTDIR) {
		err = below_remove(top, rel);
		if (!err)
			err = below_mkdir(top, rel, 0755);
	}
	return err ? err : sync_dir(m, rel);
}

static int sync_dir(struct mirror *m, const char *sub)
{
	_cleanup_free_ char *dir = xprintf("%s/%s", m->job->dir, sub);
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = 0;

	if (fs_list(dir, true, &names))
		return 0; /* unreadable for us, so for make */
	for (size_t i = 0; i < names.n && !err; i++) {
		_cleanup_free_ char *rel =
			xprintf("%s%s%s", sub, *sub ? "/" : "", names.v[i]);

		if (lab_cancelled(m->job->lab))
			return -ECANCELED;
		if (strcmp(names.v[i], ".git"))
			err = sync_one(m, rel);
	}
	return err;
}

static int drop_gone(struct mirror *m)
{
	int err = 0;

	for (size_t i = 0; i < m->old.n && !err; i++) {
		_cleanup_free_ char *rel =
			xstrndup(m->old.v[i], strcspn(m->old.v[i], "\t"));

		if (!strv_sorted_contains(&m->paths, rel))
			err = below_remove(m->job->top, rel);
	}
	return err;
}

static void read_list(const char *path, struct strv *ret)
{
	_cleanup_free_ char *text = NULL;

	if (fs_read_file(path, &text, NULL))
		return;
	strv_add_lines(ret, text);
	strv_sort(ret);
}

int build_mirror_sync(struct build_job *job)
{
	_cleanup_free_ char *path = list_path(job), *text = NULL;
	struct mirror m = {.job = job};
	int err;

	read_list(path, &m.old);
	err = sync_dir(&m, "");
	strv_sort(&m.paths);
	if (!err)
		err = drop_gone(&m);
	text = strv_join(&m.lines, "\n");
	/* Last: when we are killed before, the copies are made again. */
	if (!err)
		err = fs_write_file(path, text, strlen(text), 0644);
	strv_deinit(&m.old);
	strv_deinit(&m.lines);
	strv_deinit(&m.paths);
	return err;
}
