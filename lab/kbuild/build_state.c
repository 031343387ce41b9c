// SPDX-License-Identifier: GPL-2.0-only
/*
 * When nothing changed, the answer is the last one. "Nothing" is judged strictly: every
 * file in the source directory, every other file the compiler read, the symbol lists
 * given, and the results themselves have the same size, times and inode as then. Files
 * of the kernel and its build root do not count: those are immutable cache entries.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "build_job.h"
#include "fs.h"

#define STATE_VERSION "1"
#define MAX_FILES     20000 /* beyond that, make is asked each time */

struct walk {
	struct text text;
	struct timespec newest; /* change time */
	size_t files;
};

static bool later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static void add_file(struct walk *w, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		text_printf(&w->text, "- %s\n", path);
		return;
	}
	text_printf(&w->text, "%o %lld %lld.%09ld %lld.%09ld %llu %s\n", st.st_mode,
		    (long long)st.st_size, (long long)st.st_mtim.tv_sec,
		    st.st_mtim.tv_nsec, (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec,
		    (unsigned long long)st.st_ino, path);
	if (later(&st.st_ctim, &w->newest))
		w->newest = st.st_ctim;
}

static int walk_tree(struct build_job *job, struct walk *w, const char *dir, bool top)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = fs_list(dir, true, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *path = xprintf("%s/%s", dir, names.v[i]);
		struct stat st;

		if (!strcmp(names.v[i], ".git") ||
		    (top && !strcmp(names.v[i], "compile_commands.json")))
			continue;
		if (++w->files > MAX_FILES || lab_cancelled(job->lab))
			return -E2BIG;
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			err = walk_tree(job, w, path, false);
		else
			add_file(w, path);
	}
	return err;
}

/* The source, and everything the caller named. */
static int walk_inputs(struct build_job *job, struct walk *w)
{
	int err = 0;

	if (job->file) {
		_cleanup_free_ char *path = xprintf("%s/%s", job->dir, job->file);

		add_file(w, path);
	} else {
		err = walk_tree(job, w, job->dir, true);
	}
	for (char *const *s = job->spec->symvers; s && *s; s++)
		add_file(w, *s);
	return err;
}

/* A file changed in this very tick of the file system's clock could change once more
 * without a trace; so wait the tick out. */
int build_state_snapshot(struct build_job *job, struct text *ret)
{
	struct walk w = {0};
	int err = walk_inputs(job, &w);

	if (!err && !later(&job->start, &w.newest)) {
		nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
		text_deinit(&w.text);
		w = (struct walk){0};
		err = walk_inputs(job, &w);
	}
	if (err)
		text_deinit(&w.text);
	*ret = w.text;
	return err;
}

/* Is @path a file that could change, that is: not of the kernel or the build root? */
static bool is_foreign(const struct build_job *job, const char *path)
{
	if (path[0] != '/' || (!job->file && path_below(path, job->dir)))
		return false;
	return !job->kernel->root || !path_below(path, "/usr") ||
	       path_below(job->dir, "/usr/src");
}

/* The host's name of a recorded dependency: "drv/../include/x.h" is not below drv, and a
 * relative name counts from where Kbuild worked, the module's directory since 6.13. */
static char *dep_path(const struct build_job *job, const char *dep)
{
	char *full = dep[0] == '/' ? build_path_user(job, dep, false)
				   : xprintf("%s/%s", job->dir, dep);
	char *real;

	if (dep[0] != '/' && !fs_exists(full)) {
		free(full);
		full = xprintf("%s/%s", job->kernel->headers, dep);
	}
	real = strstr(full, "/../") ? realpath(full, NULL) : NULL;
	if (!real)
		return full;
	free(full);
	return real;
}

/* What the compiler read outside the source directory. Its records may be forged: the
 * files that they name are looked at and never opened. */
static int foreign_deps(struct build_job *job, struct strv *ret)
{
	_cleanup_strv_ struct strv files = STRV_INIT;
	int err = build_cmd_files(job->upper, &files);

	for (size_t i = 0; i < files.n && !err; i++) {
		_cleanup_build_cmd_ struct build_cmd cmd = {0};

		if (!str_ends(files.v[i], ".o.cmd") ||
		    build_cmd_read(job->top, files.v[i], &cmd))
			continue;
		for (size_t j = 0; j < cmd.deps.n && !err; j++) {
			_cleanup_free_ char *full = dep_path(job, cmd.deps.v[j]);

			if (is_foreign(job, full) && !strv_contains(ret, full))
				strv_take(ret, take_ptr(full));
			if (ret->n > MAX_FILES || lab_cancelled(job->lab))
				err = -E2BIG;
		}
	}
	return err;
}

/* ---- what make would not notice ---- */

/*
 * make compares times: a file that was replaced by an older one (a backup moved back, an
 * archive unpacked, a directory exchanged) is not new to it. So what each run of make had
 * before it is noted, and whatever differs since must be newer than that note.
 */
static char *seen_path(const struct build_job *job)
{
	return xprintf("%s/seen", job->entry);
}

static int walk_seen(struct build_job *job, struct walk *w, struct strv *deps)
{
	int err = walk_inputs(job, w);

	if (!err)
		err = foreign_deps(job, deps);
	for (size_t i = 0; i < deps->n; i++)
		add_file(w, deps->v[i]);
	return err;
}

void build_state_note(struct build_job *job, const struct text *before, struct strv *deps)
{
	_cleanup_free_ char *path = seen_path(job);
	struct walk w = {0};
	int err = walk_seen(job, &w, deps);

	/* A file was edited while make ran: then nothing is known of it. */
	if (!err && before->s && w.text.s && str_starts(w.text.s, before->s))
		err = fs_write_file(path, w.text.s, w.text.len, 0644);
	else
		(void)unlink(path);
	text_deinit(&w.text);
	/* With the time at which make began: so an edit in the very tick in which make
	 * ends counts as newer. */
	if (!err &&
	    utimensat(AT_FDCWD, path, (struct timespec[]){job->start, job->start}, 0) < 0)
		err = errno == ENOENT ? 0 : -errno;
	if (err)
		(void)unlink(path);
}

/* The time at which that line says that its file was written. */
static struct timespec line_time(const char *line)
{
	struct timespec t = {0};
	long long sec = 0;

	if (sscanf(line, "%*o %*d %lld.%ld", &sec, &t.tv_nsec) == 2)
		t.tv_sec = (time_t)sec;
	return t;
}

/* @seen is sorted. */
static bool any_slipped(const struct strv *now, const struct strv *seen,
			const struct timespec *noted)
{
	for (size_t i = 0; i < now->n; i++) {
		struct timespec t = line_time(now->v[i]);

		if (now->v[i][0] == '-' || later(&t, noted))
			continue;
		if (!strv_sorted_contains(seen, now->v[i]))
			return true;
	}
	return false;
}

bool build_state_slipped(struct build_job *job)
{
	_cleanup_free_ char *path = seen_path(job), *text = NULL;
	_cleanup_free_ char *begun = xprintf("%s/stamp", job->entry);
	_cleanup_strv_ struct strv deps = STRV_INIT, now = STRV_INIT, seen = STRV_INIT;
	struct walk w = {0};
	struct stat st;
	int err = walk_seen(job, &w, &deps);

	if (!err && w.text.s)
		strv_add_lines(&now, w.text.s);
	text_deinit(&w.text);
	if (err)
		return false; /* too many files to look at: left to make */
	if (stat(path, &st) < 0 || fs_read_file(path, &text, NULL))
		return fs_exists(begun); /* not the first build, but nothing is known */
	strv_add_lines(&seen, text);
	strv_sort(&seen);
	return any_slipped(&now, &seen, &st.st_mtim);
}

/* ---- the last answer ---- */

static char *state_path(const struct build_job *job)
{
	return xprintf("%s/state", job->entry);
}

void build_state_forget(struct build_job *job)
{
	_cleanup_free_ char *path = state_path(job);

	unlink(path);
}

/* Header lines name what belongs to the result; then comes the snapshot. */
static void add_result(struct text *t, const struct lab_build *build,
		       const struct strv *deps)
{
	text_printf(t, "state %s\n", STATE_VERSION);
	for (size_t i = 0; i < build->modules.n; i++)
		text_printf(t, "module %s\n", build->modules.v[i]);
	if (build->symvers)
		text_printf(t, "symvers %s\n", build->symvers);
	for (size_t i = 0; i < deps->n; i++)
		text_printf(t, "dep %s\n", deps->v[i]);
	text_puts(t, "\n");
}

static void walk_result(struct walk *w, const struct lab_build *build,
			const struct strv *deps)
{
	for (size_t i = 0; i < deps->n; i++)
		add_file(w, deps->v[i]);
	/* A result is as new as the build: its time must not count as a change. */
	struct timespec newest = w->newest;

	for (size_t i = 0; i < build->modules.n; i++)
		add_file(w, build->modules.v[i]);
	if (build->symvers)
		add_file(w, build->symvers);
	w->newest = newest;
}

int build_state_save(struct build_job *job, const struct text *before,
		     const struct strv *deps, const struct lab_build *build)
{
	_cleanup_free_ char *path = state_path(job);
	_cleanup_free_ char *log = xprintf("%s/log", job->entry);
	_cleanup_text_ struct text all = TEXT_INIT;
	struct walk w = {0};
	int err = walk_inputs(job, &w);

	/* A file was edited while make ran: which version make read is unknown. */
	if (!err && (!w.text.s || !before->s || strcmp(w.text.s, before->s)))
		err = -EBUSY;
	w.newest = (struct timespec){0};
	walk_result(&w, build, deps);
	if (!err && deps->n && !later(&job->start, &w.newest))
		err = -EBUSY;
	add_result(&all, build, deps);
	text_puts(&all, w.text.s ? w.text.s : "");
	text_deinit(&w.text);
	if (!err)
		err = fs_write_file(log, build->log, strlen(build->log), 0644);
	return err ? err : fs_write_file(path, all.s, all.len, 0644);
}

/* Reads the header lines; returns where the snapshot begins, or NULL. */
static const char *parse_header(char *text, struct lab_build *build, struct strv *deps)
{
	char *end = strstr(text, "\n\n"), *save, *line;

	if (!end || !str_starts(text, "state " STATE_VERSION "\n"))
		return NULL;
	*end = '\0';
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (str_starts(line, "module "))
			strv_add(&build->modules, line + 7);
		else if (str_starts(line, "symvers "))
			build->symvers = xstrdup(line + 8);
		else if (str_starts(line, "dep "))
			strv_add(deps, line + 4);
	}
	return end + 2;
}

bool build_state_load(struct build_job *job, struct lab_build *ret)
{
	_cleanup_free_ char *path = state_path(job), *text = NULL;
	_cleanup_free_ char *log = xprintf("%s/log", job->entry);
	_cleanup_build_ struct lab_build build = {0};
	_cleanup_strv_ struct strv deps = STRV_INIT;
	struct walk w = {0};
	const char *snapshot;
	bool same;

	if (fs_read_file(path, &text, NULL))
		return false;
	snapshot = parse_header(text, &build, &deps);
	if (!snapshot || walk_inputs(job, &w)) {
		text_deinit(&w.text);
		return false;
	}
	walk_result(&w, &build, &deps);
	same = w.text.s && !strcmp(w.text.s, snapshot);
	text_deinit(&w.text);
	if (!same || fs_read_file(log, &build.log, NULL))
		return false;
	build.dir = xstrdup(job->upper);
	build.warnings = build_log_warnings(build.log);
	build.cached = true;
	*ret = build;
	build = (struct lab_build){0};
	return true;
}
