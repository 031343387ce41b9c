// SPDX-License-Identifier: GPL-2.0-only
/* The lab's context; see lab.h. */
#include <poll.h>
#include <pwd.h>
#include <string.h>
#include <time.h>

#include "fs.h"

#include "lab.h"

static char *default_cache(void)
{
	const char *own = getenv("KMLAB_CACHE");
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	struct passwd *user;

	if (own && *own)
		return own[0] == '/' ? xstrdup(own) : NULL;
	if (xdg && xdg[0] == '/') /* its specification says to ignore relative paths */
		return xprintf("%s/kmlab", xdg);
	if (!home || home[0] != '/') {
		user = getpwuid(getuid());
		home = user ? user->pw_dir : NULL;
	}
	return home ? xprintf("%s/.cache/kmlab", home) : NULL;
}

/* Beside the running program in a build tree (build/bin/kmlab → build), else where the
 * installed files lie (PREFIX/bin/kmlab → PREFIX/lib/kmlab). */
static char *default_data(void)
{
	const char *own = getenv("KMLAB_DATA");
	char exe[4096];
	_cleanup_free_ char *installed = NULL;
	ssize_t n;

	if (own && *own)
		return xstrdup(own);
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n <= 0)
		return xstrdup("/usr/lib/kmlab");
	exe[n] = '\0';
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(exe, '/');

		if (slash)
			*slash = '\0';
	}
	installed = xprintf("%s/lib/kmlab", exe);
	return fs_is_dir(installed) ? take_ptr(installed) : xstrdup(exe);
}

int lab_init(struct lab *lab)
{
	int err;

	memset(lab, 0, sizeof(*lab));
	lab->cancel_fd = -1;
	lab->cache_dir = default_cache();
	lab->data_dir = default_data();
	if (!lab->cache_dir)
		return lab_fail(
			lab, -EINVAL,
			"no place for the cache: 'KMLAB_CACHE' and 'HOME' name no "
			"absolute path; set KMLAB_CACHE=/some/directory");
	err = fs_mkdir_p(lab->cache_dir, 0700);
	if (err)
		return lab_fail(
			lab, err,
			"cannot make the cache directory '%s': %s; set KMLAB_CACHE to "
			"a writable place",
			lab->cache_dir, strerror(-err));
	return 0;
}

void lab_deinit(struct lab *lab)
{
	free(lab->cache_dir);
	free(lab->data_dir);
	free(lab->error);
	memset(lab, 0, sizeof(*lab));
	lab->cancel_fd = -1;
}

void lab_child(const struct lab *parent, struct lab *ret)
{
	*ret = *parent;
	ret->cache_dir = xstrdup(parent->cache_dir);
	ret->data_dir = xstrdup(parent->data_dir);
	ret->error = NULL;
}

int lab_fail(struct lab *lab, int err, const char *fmt, ...)
{
	struct text t = TEXT_INIT;
	va_list ap;

	/* Formatted before the old sentence goes: it may be one of the arguments. */
	va_start(ap, fmt);
	text_vprintf(&t, fmt, ap);
	va_end(ap);
	free(lab->error);
	lab->error = text_take(&t);
	return err;
}

const char *lab_error(const struct lab *lab)
{
	return lab->error ? lab->error : "unknown error";
}

bool lab_cancelled(const struct lab *lab)
{
	struct pollfd fd = {lab->cancel_fd, POLLIN, 0};

	return lab->cancel_fd >= 0 && poll(&fd, 1, 0) == 1;
}

void lab_report(struct lab *lab, const char *what, uint64_t done, uint64_t total,
		bool finished)
{
	struct lab_progress progress = {what, done, total, finished};

	if (lab->progress)
		lab->progress(lab->progress_data, &progress);
}

double lab_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}
