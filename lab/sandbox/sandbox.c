// SPDX-License-Identifier: GPL-2.0-only
/* The caller's side of a sandbox: what goes in, and what came of it. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs.h"
#include "internal.h"
#include "process.h"

/* Of a flood of output the beginning tells enough. */
#define FLOOD_KEPT (64 << 10)

static struct sandbox_trouble *trouble_map(void)
{
	void *p = mmap(NULL, sizeof(struct sandbox_trouble), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void trouble_unmap(struct sandbox_trouble **p)
{
	if (*p)
		munmap(*p, sizeof(**p));
}

/* The path without symlinks: an absolute one would be followed from the new root. */
static char *resolve(const char *path)
{
	char *real = path ? realpath(path, NULL) : NULL;

	return real ? real : xstrdup(path);
}

static int capture(struct lab *lab, struct boxed_run *job, struct text *out, int *status)
{
	struct process_spec spec = PROCESS_SPEC_INIT;
	int err;

	spec.argv = job->argv;
	spec.setup = sandbox_keeper;
	spec.data = job;
	spec.most = job->unboxed ? 0 : job->limits.output;
	err = process_capture(&spec, -1, lab->cancel_fd, out, NULL, status);
	if (job->trouble->stage != STAGE_NONE)
		return sandbox_explain(lab, job->box, job->trouble);
	if (err == -EMSGSIZE) {
		if (out->len > FLOOD_KEPT)
			out->s[out->len = FLOOD_KEPT] = '\0';
		sandbox_explain_output(&job->limits, out);
	} else if (!err && job->trouble->limit != LIMIT_NONE)
		sandbox_explain_limit(&job->limits, job->trouble->limit, out);
	else {
		if (!err && *status && !job->unboxed)
			sandbox_hint(out);
		return err;
	}
	*status = 128 + SIGKILL;
	return 0;
}

int lab_sandbox_run(struct lab *lab, const struct lab_sandbox *given, char *const *argv,
		    const char *cwd, struct text *out, int *status)
{
	static const struct lab_box_rules none;
	const struct lab_box_rules *rules = lab->box ? lab->box : &none;
	_cleanup_free_ char *root = resolve(given->root);
	_cleanup_free_ char *usr_src = resolve(given->usr_src);
	_cleanup_free_ char *lib_modules = resolve(given->lib_modules);
	_cleanup_free_ char *upper = resolve(given->upper);
	_cleanup_free_ char *work = resolve(given->work);
	_cleanup_(trouble_unmap) struct sandbox_trouble *trouble = trouble_map();
	_cleanup_sandbox_plan_ struct sandbox_plan plan = {0};
	struct lab_sandbox box = *given;
	struct boxed_run job = {
		.box = &box,
		.plan = &plan,
		.trouble = trouble,
		.limits = lab_limits_fill(&rules->limits),
		.argv = argv,
		.cwd = cwd,
		.unboxed = rules->unboxed,
		.own_user_ns = true,
		.upper_fd = -1,
	};
	int err;

	if (!trouble)
		return lab_fail(lab, -ENOMEM,
				"no memory for a build; close other programs");
	box.root = root;
	box.usr_src = usr_src;
	box.lib_modules = lib_modules;
	box.upper = upper;
	box.work = work;
	err = sandbox_plan_make(lab, &box, &plan);
	if (err)
		return err;
	err = capture(lab, &job, out, status);
	if (err == -ECANCELED)
		return lab_fail(lab, err, "stopped while running '%s'; start again",
				argv[0]);
	if (err && trouble->stage == STAGE_NONE)
		return lab_fail(lab, err, "cannot run '%s': %s; try again", argv[0],
				strerror(-err));
	return err;
}

int lab_sandbox_sweep(const char *upper)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = fs_list(upper, true, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *path = xprintf("%s/%s", upper, names.v[i]);
		struct stat st;

		if (lstat(path, &st) < 0)
			continue;
		/* The modes that mount_exposed() gives what it makes. */
		if (S_ISDIR(st.st_mode) && (st.st_mode & 07777) == 0500)
			rmdir(path);
		else if (S_ISREG(st.st_mode) && !st.st_size &&
			 (st.st_mode & 0777) == 0400)
			unlink(path);
	}
	return err;
}
