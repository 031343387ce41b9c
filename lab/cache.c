// SPDX-License-Identifier: GPL-2.0-only
/* The cache; see cache.h. */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "below.h"
#include "fs.h"

#include "cache.h"

#define STAGE_PREFIX ".stage-"

char *lab_cache_path(const struct lab *lab, const char *kind, const char *id)
{
	if (!id)
		return xprintf("%s/%s", lab->cache_dir, kind);
	return xprintf("%s/%s/%s", lab->cache_dir, kind, id);
}

bool lab_cache_has(struct lab *lab, const char *kind, const char *id)
{
	_cleanup_free_ char *path = lab_cache_path(lab, kind, id);

	/* Setting the time fails when nothing is there, so no other test is needed. */
	if (utimensat(AT_FDCWD, path, NULL, 0) == 0)
		return true;
	return errno != ENOENT && fs_exists(path);
}

int lab_cache_open(const struct lab *lab, const char *path)
{
	_cleanup_free_ char *builds = lab_cache_path(lab, "builds", NULL);
	const char *rest = path_rest(path, builds);
	_cleanup_close_ int top = -1;

	if (!rest || !*rest)
		return fs_open_file(path);
	top = below_top(builds);
	return top < 0 ? top : below_file(top, rest, NULL);
}

static int open_lock_file(struct lab *lab, const char *name)
{
	_cleanup_free_ char *dir = lab_cache_path(lab, "locks", NULL);
	_cleanup_free_ char *path = xprintf("%s/%s", dir, name);
	int err = fs_mkdir_p(dir, 0700);
	int fd;

	if (err)
		return lab_fail(lab, err,
				"cannot make '%s': %s; check the cache directory", dir,
				strerror(-err));
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return lab_fail(lab, -errno,
				"cannot open the lock '%s': %s; check the "
				"cache directory",
				path, strerror(errno));
	return fd;
}

/* flock() cannot wait for the lock and for cancel_fd at once. So it is tried again and
 * again, and poll() on cancel_fd is the pause between two tries. */
static int wait_for_lock(struct lab *lab, int fd, int how, const char *what)
{
	bool told = false;

	while (flock(fd, how | LOCK_NB) < 0) {
		struct pollfd stop = {lab->cancel_fd, POLLIN, 0};

		if (errno != EWOULDBLOCK && errno != EINTR)
			return lab_fail(lab, -errno,
					"cannot lock '%s': %s; is the cache on "
					"a file system without locks?",
					what, strerror(errno));
		if (!told)
			lab_report(lab, what, 0, 0, false);
		told = true;
		if (poll(&stop, 1, 25) > 0)
			return lab_fail(lab, -ECANCELED, "interrupted");
	}
	if (told)
		lab_report(lab, what, 0, 0, true);
	return 0;
}

int lab_cache_lock(struct lab *lab, const char *kind, const char *id)
{
	_cleanup_free_ char *name = xprintf("%s-%s", kind, id);
	_cleanup_free_ char *what =
		xprintf("waiting for another kmlab that prepares %s/%s", kind, id);
	_cleanup_close_ int fd = open_lock_file(lab, name);
	int err;

	if (fd < 0)
		return fd;
	err = wait_for_lock(lab, fd, LOCK_EX, what);
	return err ? err : take_fd(&fd);
}

/*
 * A sweep must not take a new staging directory for a dead one in the moment between its
 * mkdir and its flock. During that moment the maker holds another lock of the kind, the
 * birth lock, shared; a sweep takes the same lock exclusively.
 */
static int birth_lock(struct lab *lab, const char *kind, int how)
{
	_cleanup_free_ char *name = xprintf("%s.birth", kind);
	_cleanup_close_ int fd = open_lock_file(lab, name);
	int err;

	if (fd < 0)
		return fd;
	err = wait_for_lock(lab, fd, how, "waiting for the cache");
	return err ? err : take_fd(&fd);
}

int lab_stage_begin(struct lab *lab, const char *kind, struct lab_stage *ret)
{
	_cleanup_free_ char *parent = lab_cache_path(lab, kind, NULL);
	_cleanup_free_ char *dir = xprintf("%s/" STAGE_PREFIX "XXXXXX", parent);
	_cleanup_close_ int birth = -1;
	int fd, err = fs_mkdir_p(parent, 0700);

	if (err)
		return lab_fail(lab, err,
				"cannot make '%s': %s; check the cache directory", parent,
				strerror(-err));
	birth = birth_lock(lab, kind, LOCK_SH);
	if (birth < 0)
		return birth;
	if (!mkdtemp(dir))
		return lab_fail(lab, -errno,
				"cannot make a directory in '%s': %s; free "
				"space or set KMLAB_CACHE",
				parent, strerror(errno));
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0) {
		err = lab_fail(lab, -errno,
			       "cannot lock '%s': %s; is the cache on a file "
			       "system without locks?",
			       dir, strerror(errno));
		if (fd >= 0)
			close(fd);
		rmdir(dir);
		return err;
	}
	*ret = (struct lab_stage){take_ptr(dir), fd, xstrdup(kind)};
	return 0;
}

static void stage_end(struct lab_stage *stage)
{
	free(stage->dir);
	free(stage->kind);
	if (stage->lock_fd >= 0)
		close(stage->lock_fd);
	*stage = (struct lab_stage)LAB_STAGE_INIT;
}

void lab_stage_abort(struct lab_stage *stage)
{
	if (stage->dir)
		fs_remove_tree(stage->dir);
	stage_end(stage);
}

int lab_stage_publish(struct lab *lab, struct lab_stage *stage, const char *id)
{
	_cleanup_free_ char *path = lab_cache_path(lab, stage->kind, id);
	int err = fs_sync_tree(stage->dir);

	if (!err && rename(stage->dir, path) < 0)
		err = -errno;
	if (err == -EEXIST || err == -ENOTEMPTY) {
		lab_stage_abort(stage);
		return 0;
	}
	if (err) {
		lab_fail(lab, err,
			 "cannot put '%s' into the cache: %s; free space or set "
			 "KMLAB_CACHE",
			 path, strerror(-err));
		lab_stage_abort(stage);
		return err;
	}
	stage_end(stage);
	return 0;
}

int lab_cache_remove(struct lab *lab, const char *kind, const char *id)
{
	_cleanup_stage_ struct lab_stage stage = LAB_STAGE_INIT;
	_cleanup_free_ char *path = lab_cache_path(lab, kind, id);
	_cleanup_free_ char *doomed = NULL;
	int err;

	if (!fs_exists(path))
		return 0;
	err = lab_stage_begin(lab, kind, &stage);
	if (err)
		return err;
	doomed = xprintf("%s/doomed", stage.dir);
	if (rename(path, doomed) < 0 && errno != ENOENT)
		return lab_fail(lab, -errno, "cannot remove '%s': %s", path,
				strerror(errno));
	return 0;
}

/* "debian-6.1.176-1" is what "debian-6.1.176-1-0123456789abcdef" was made from, but not
 * what "debian-6.1.176-10-..." or "debian-6.1.176-1-2-..." was. */
static bool was_made_from(const char *id, const char *prefix)
{
	size_t len = strlen(prefix);

	return str_starts(id, prefix) && id[len] == '-' && !strchr(id + len + 1, '-');
}

int lab_cache_remove_prefix(struct lab *lab, const char *kind, const char *prefix)
{
	_cleanup_free_ char *dir = lab_cache_path(lab, kind, NULL);
	_cleanup_strv_ struct strv ids = STRV_INIT;
	int err;

	if (!fs_is_dir(dir))
		return 0;
	err = fs_list(dir, false, &ids);
	if (err)
		return lab_fail(lab, err, "cannot read '%s': %s", dir, strerror(-err));
	for (size_t i = 0; i < ids.n && !err; i++)
		if (was_made_from(ids.v[i], prefix))
			err = lab_cache_remove(lab, kind, ids.v[i]);
	return err;
}

static void sweep_kind(struct lab *lab, const char *kind)
{
	_cleanup_free_ char *parent = lab_cache_path(lab, kind, NULL);
	_cleanup_strv_ struct strv names = STRV_INIT;
	_cleanup_close_ int birth = -1;

	if (!fs_is_dir(parent) || fs_list(parent, true, &names) < 0)
		return;
	birth = birth_lock(lab, kind, LOCK_EX);
	if (birth < 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *dir = xprintf("%s/%s", parent, names.v[i]);
		_cleanup_close_ int fd = -1;

		if (!str_starts(names.v[i], STAGE_PREFIX))
			continue;
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			fs_remove_tree(dir);
	}
}

int lab_cache_sweep(struct lab *lab)
{
	_cleanup_strv_ struct strv kinds = STRV_INIT;
	int err = fs_list(lab->cache_dir, false, &kinds);

	if (err)
		return lab_fail(lab, err, "cannot read '%s': %s", lab->cache_dir,
				strerror(-err));
	for (size_t i = 0; i < kinds.n; i++)
		sweep_kind(lab, kinds.v[i]);
	return 0;
}

/* FNV-1a, 64 bits: good enough for names of local files, no protection against an
 * attacker. */
char *lab_cache_key(const char *const *parts)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (; *parts; parts++) {
		const char *p = *parts;

		/* The NUL takes part, so that "ab","c" and "a","bc" differ. */
		do {
			hash ^= (unsigned char)*p;
			hash *= 0x100000001b3ULL;
		} while (*p++);
	}
	return xprintf("%016" PRIx64, hash);
}
