// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a build says it made. The list of its modules is written by code that may be
 * hostile: what it names is loaded, shown and removed, so each name is opened below the
 * build's own output before it is believed. Nothing changes there afterwards: the
 * processes of the build are dead, and the next one has to wait for the entry's lock.
 */
#include <limits.h>
#include <string.h>

#include "clean.h"
#include "below.h"
#include "build_job.h"
#include "fs.h"

#define MAX_NAME      1024 /* bytes, of a module's path in its source */
#define MAX_LIST_SIZE (BUILD_MAX_MODULES * 512ULL)

const char *build_rel(const struct build_job *job, const char *path)
{
	const char *rel = path + strlen(job->upper);

	return rel + strspn(rel, "/");
}

/* A BUILT_MODULE_LOCATION may end in a slash. */
static void squeeze_slashes(char *path)
{
	char *to = path;

	for (char *from = path; *from; from++)
		if (from[0] != '/' || from[1] != '/')
			*to++ = *from;
	*to = '\0';
}

/* Why @rel, which @list names, is no module; @err: from below_file(). */
static int refuse(struct build_job *job, const char *list, const char *rel, int err)
{
	_cleanup_free_ char *cut = xstrndup(rel, MAX_NAME);
	_cleanup_free_ char *shown = clean(cut, CLEAN_LINE);
	static const struct {
		int err;
		const char *why, *more;
	} reasons[] = {
		{-EXDEV, "is outside of the build's output", ""},
		{-ELOOP, "is reached by a symlink",
		 " so that the module itself lies there"},
		{-EINVAL, "is not a regular file", ""},
		{-EILSEQ,
		 "is no name for a module: it has characters that cannot be shown, or is "
		 "too long",
		 ""},
	};
	const char *fix = job->dkms ? "dkms.conf" : "the Makefile";

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].err == err)
			return lab_fail(job->lab, err,
					"'%s' names '%s', which %s; correct %s%s", list,
					shown, reasons[i].why, fix, reasons[i].more);
	return lab_fail(job->lab, err,
			"cannot open '%s', which '%s' names: %s; correct %s", shown, list,
			strerror(-err), fix);
}

static bool is_showable(const char *name)
{
	_cleanup_free_ char *shown = clean(name, CLEAN_LINE);

	return !strcmp(shown, name) && strlen(name) <= MAX_NAME;
}

/* @rel: relative to the source, without the end that @len leaves out. */
static int take_module(struct build_job *job, const char *list, const char *rel, int len,
		       struct lab_build *build)
{
	_cleanup_free_ char *path = xprintf("%s/%.*s.ko", job->upper, len, rel);
	_cleanup_close_ int fd = -1;

	squeeze_slashes(path);
	if (strv_contains(&build->modules, path))
		return 0;
	if (build->modules.n == BUILD_MAX_MODULES)
		return lab_fail(job->lab, -E2BIG,
				"'%s' names more than %d modules; build a part of them",
				list, BUILD_MAX_MODULES);
	fd = is_showable(rel) ? below_file(job->top, build_rel(job, path), NULL)
			      : -EILSEQ;
	/* A dkms.conf that promised it is blamed in the log, see build_check_promises().
	 */
	if (fd == -ENOENT && job->dkms)
		return 0;
	if (fd < 0)
		return refuse(job, list, rel, fd);
	strv_take(&build->modules, take_ptr(path));
	return 0;
}

/* One line of a list: .ko or .o, absolute or relative to the source. */
static int add_module(struct build_job *job, const char *list, const char *line,
		      struct lab_build *build)
{
	const char *rel = path_rest(line, job->at), *dot;

	if (!rel && line[0] == '/' && !job->dkms)
		return refuse(job, list, line, -EXDEV);
	if (!rel)
		rel = line + strspn(line, "/");
	dot = strrchr(rel, '.');
	return dot ? take_module(job, list, rel, (int)(dot - rel), build) : 0;
}

/* Only what this build asked for: objects of modules that are gone may still be there. */
int build_modules(struct build_job *job, struct lab_build *build)
{
	_cleanup_free_ char *text = NULL;
	char *save, *line;
	int err = 0;

	for (size_t i = 0; i < job->dkms_modules.n && !err; i++)
		err = add_module(job, "dkms.conf", job->dkms_modules.v[i], build);
	if (err || job->dkms)
		return err;
	err = below_read(job->top, "modules.order", MAX_LIST_SIZE, &text, NULL);
	if (err == -ENOENT)
		return 0;
	if (err)
		return lab_fail(
			job->lab, err,
			"cannot read the build's 'modules.order': it is not a "
			"regular file of at most %llu bytes; correct the Makefile",
			MAX_LIST_SIZE);
	for (line = strtok_r(text, "\n", &save); line && !err;
	     line = strtok_r(NULL, "\n", &save))
		err = add_module(job, "modules.order", line, build);
	return err;
}

/* A dkms.conf's command may end well though make did not, as in "make; find ...". */
void build_check_promises(struct build_job *job, struct lab_build *build)
{
	_cleanup_text_ struct text log = TEXT_INIT;

	for (size_t i = 0; i < job->dkms_modules.n; i++) {
		const char *name = job->dkms_modules.v[i];
		struct stat st;

		if (below_stat(job->top, name + strspn(name, "/"), &st) == 0)
			continue;
		build->status = 1;
		text_printf(&log, "dkms.conf names '%s', but it was not built\n", name);
	}
	if (!log.len)
		return;
	strv_deinit(&build->modules);
	text_puts(&log, build->log);
	free(build->log);
	build->log = text_take(&log);
}

/* @rel: where it would be. Anything but a regular file is none: make would not read it.
 */
static bool use_list(struct build_job *job, const char *rel, struct lab_build *build)
{
	struct stat st;
	_cleanup_close_ int fd = below_file(job->top, rel, &st);

	if (fd < 0 || !st.st_size)
		return false;
	build->symvers = xprintf("%s/%s", job->upper, rel);
	return true;
}

void build_find_symvers(struct build_job *job, struct lab_build *build)
{
	if (use_list(job, "Module.symvers", build))
		return;
	for (size_t i = 0; i < build->modules.n; i++) {
		const char *rel = build_rel(job, build->modules.v[i]);
		_cleanup_free_ char *path =
			xprintf("%.*sModule.symvers", (int)(fs_basename(rel) - rel), rel);

		if (use_list(job, path, build))
			return;
	}
}
