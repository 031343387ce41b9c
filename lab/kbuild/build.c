// SPDX-License-Identifier: GPL-2.0-only
/* Kbuild in the sandbox: from a source to modules in the cache. */
#include <string.h>

#include "../cache.h"
#include "below.h"
#include "build_job.h"
#include "fs.h"
#include "modinfo.h"

#define MAX_KBUILD (1 << 20) /* bytes of a Kbuild that is looked at here */

void lab_build_deinit(struct lab_build *build)
{
	free(build->dir);
	strv_deinit(&build->modules);
	free(build->symvers);
	free(build->log);
	*build = (struct lab_build){0};
}

/* --- other modules' symbols ----------------------------------------------------------
 */

/* The file that Kbuild will read: Kbuild wins over Makefile. */
static char *kbuild_file(const struct build_job *job)
{
	char *path = xprintf("%s/Kbuild", job->dir);

	if (!fs_exists(path)) {
		free(path);
		path = xprintf("%s/Makefile", job->dir);
	}
	return path;
}

/*
 * A user's Kbuild that sets KBUILD_EXTRA_SYMBOLS itself keeps its say: it is included by
 * one of ours, which adds to the list afterwards. A stale list that the user's own build
 * left beside the same source would name each symbol twice, so it is taken out.
 */
static int wrap_kbuild(struct build_job *job, bool is_kbuild, const char *text,
		       const struct strv *lists)
{
	_cleanup_text_ struct text t = TEXT_INIT;
	int err = 0;

	if (is_kbuild)
		err = below_write(job->top, "Kbuild.user", text, strlen(text), 0644);
	text_printf(&t, "include %s/%s\n", job->at,
		    is_kbuild ? "Kbuild.user" : "Makefile");
	text_puts(&t, "KBUILD_EXTRA_SYMBOLS := $(filter-out");
	for (char *const *s = job->spec->symvers; *s; s++) {
		_cleanup_free_ char *source =
			lab_build_origin(job->lab->cache_dir, *s, NULL);

		if (source && build_path_plain(source))
			text_printf(&t, " %s/Module.symvers", source);
	}
	text_puts(&t, ",$(abspath $(KBUILD_EXTRA_SYMBOLS)))");
	for (size_t i = 0; i < lists->n; i++)
		text_printf(&t, " %s", lists->v[i]);
	text_puts(&t, "\n");
	return err ? err : below_write(job->top, "Kbuild", t.s, t.len, 0644);
}

/* The lists under names that make can read: where the cache's path is none, as copies. */
static int plain_symvers(struct build_job *job, struct strv *ret)
{
	int err = 0;

	for (char *const *s = job->spec->symvers; *s && !err; s++) {
		_cleanup_free_ char *name = xprintf(".symvers-%zu", ret->n);
		_cleanup_close_ int list = -1;

		if (build_path_plain(*s)) {
			strv_add(ret, *s);
			continue;
		}
		list = lab_cache_open(job->lab, *s);
		err = list < 0 ? list : below_copy(list, job->top, name, 0644);
		strv_printf(ret, "%s/%s", job->at, name);
	}
	return err;
}

/* @ret: a word for make, or NULL. */
static int use_symvers(struct build_job *job, char **ret)
{
	_cleanup_free_ char *user = NULL, *text = NULL, *list = NULL;
	_cleanup_strv_ struct strv all = STRV_INIT;
	int err;

	if (!job->spec->symvers || !job->spec->symvers[0])
		return 0;
	err = plain_symvers(job, &all);
	if (err)
		return err;
	user = kbuild_file(job);
	if (!job->file && fs_read_limited(user, MAX_KBUILD, &text) == 0 &&
	    strstr(text, "KBUILD_EXTRA_SYMBOLS"))
		return wrap_kbuild(job, str_ends(user, "/Kbuild"), text, &all);
	list = strv_join(&all, " ");
	*ret = xprintf("KBUILD_EXTRA_SYMBOLS=%s", list);
	return 0;
}

/* --- running make --------------------------------------------------------------------
 */

static int run_make(struct build_job *job, const char *symvers, struct text *out,
		    int *status)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;

	strv_add(&argv, "make");
	strv_add(&argv, "-s");
	strv_add(&argv, "--no-print-directory");
	strv_printf(&argv, "-j%d", build_cpus());
	strv_add(&argv, "-C");
	strv_add(&argv, job->kernel->headers);
	strv_printf(&argv, "M=%s", job->at);
	if (job->spec->warnings_as_errors)
		strv_add(&argv, "KCFLAGS=-Werror");
	if (!job->btf)
		strv_add(&argv, BUILD_NO_BTF);
	if (symvers)
		strv_add(&argv, symvers);
	strv_add_all(&argv, job->spec->make_args);
	strv_add(&argv, "modules");
	return lab_sandbox_run(job->lab, &job->box, argv.v, job->at, out, status);
}

/* Two modules of one name, which the kernel's top Makefile would refuse. */
static bool has_twins(struct build_job *job)
{
	_cleanup_build_ struct lab_build b = {0};
	_cleanup_strv_ struct strv names = STRV_INIT;

	if (build_modules(job, &b))
		return false; /* said when the result is collected */
	for (size_t i = 0; i < b.modules.n; i++) {
		if (strv_contains(&names, fs_basename(b.modules.v[i])))
			return true;
		strv_add(&names, fs_basename(b.modules.v[i]));
	}
	return false;
}

/* An error that the compiler or modpost explains needs no second opinion. */
static bool is_explained(const struct text *out)
{
	return out->s && (strstr(out->s, "error: ") || strstr(out->s, "ERROR: "));
}

static int run_kbuild(struct build_job *job, const char *symvers, struct text *out,
		      int *status)
{
	_cleanup_free_ char *script = build_shortcut(job, symvers);
	int err;

	if (script) {
		char *argv[] = {"sh", "-c", script, NULL};

		err = lab_sandbox_run(job->lab, &job->box, argv, job->at, out, status);
		if (err || (*status ? is_explained(out) : !has_twins(job)))
			return err;
		text_deinit(out);
	}
	return run_make(job, symvers, out, status);
}

/*
 * A module's own type information (BTF) costs a quarter of a second to make, and since
 * 6.11, where that of modules built outside the tree is fitted to the kernel's anew at
 * each load, 25 ms there. Only a module that offers functions to BPF programs works
 * differently without.
 */
static bool use_btf(struct build_job *job)
{
	_cleanup_build_ struct lab_build b = {0};
	bool uses = false;

	(void)build_modules(job, &b); /* of an earlier build, or said when collected */
	for (size_t i = 0; i < b.modules.n && !uses; i++) {
		_cleanup_modinfo_ struct lab_modinfo info = {0};

		uses = lab_modinfo_read(job->lab, b.modules.v[i], &info) == 0 &&
		       info.uses_btf;
	}
	/* Kbuild would not build those again that exist already. */
	for (size_t i = 0; i < b.modules.n && uses && !job->btf; i++)
		(void)below_remove(job->top, build_rel(job, b.modules.v[i]));
	return uses;
}

static int make_modules(struct build_job *job, struct text *out, int *status)
{
	_cleanup_text_ struct text again = TEXT_INIT;
	_cleanup_free_ char *symvers = NULL;
	int err = use_symvers(job, &symvers);

	if (err)
		return lab_fail(job->lab, err,
				"cannot write into '%s': %s; try again with "
				"--clean",
				job->upper, strerror(-err));
	job->btf = use_btf(job); /* by those of the last time */
	err = run_kbuild(job, symvers, out, status);
	if (err || *status || job->btf)
		return err;
	job->btf = use_btf(job);
	if (!job->btf)
		return 0;
	err = run_kbuild(job, symvers, &again, status);
	text_puts(out, again.s ? again.s : "");
	return err;
}

/* --- the answer ----------------------------------------------------------------------
 */

static int collect(struct build_job *job, const char *raw, int status,
		   struct lab_build *build)
{
	_cleanup_free_ char *kept = build_log_shorten(raw ? raw : "");
	_cleanup_free_ char *own = build_path_user(job, kept, false);
	int err = status ? 0 : build_modules(job, build);

	if (err)
		return err;
	build->dir = xstrdup(job->upper);
	build->status = status;
	build->log = build_log_filter(own, job->dir);
	build_warnings_merge(job, build);
	build->warnings = build_log_warnings(build->log);
	if (status)
		return 0;
	build_check_promises(job, build);
	if (build->status)
		return 0;
	strv_sort(&build->modules);
	build_find_symvers(job, build);
	if (build->modules.n)
		return 0;
	return lab_fail(job->lab, -ENODATA,
			"'%s' built no module; name the directory whose "
			"Kbuild sets obj-m",
			job->spec->source);
}

static int build_now(struct build_job *job, struct lab_build *build)
{
	_cleanup_text_ struct text before = TEXT_INIT, out = TEXT_INIT;
	_cleanup_strv_ struct strv deps = STRV_INIT;
	int err = job->dkms ? dkms_read(job) : 0, status = 0;

	if (!err && build_state_slipped(job))
		err = build_fresh_upper(job);
	if (!err)
		err = build_prepare(job);
	if (err)
		return err;
	build_state_forget(job);
	(void)build_state_snapshot(job, &before); /* without one, nothing is remembered */
	err = job->dkms ? dkms_build(job, &out, &status)
			: make_modules(job, &out, &status);
	if (!err) {
		build_finished(job);
		build_state_note(job, &before, &deps);
	}
	if (!err)
		err = collect(job, out.s, status, build);
	if (!err && !build->status)
		(void)build_state_save(job, &before, &deps, build);
	return err;
}

/* Whether an overlay can be mounted here is known only after a try; one over another
 * user's directories would be of no use. */
static int build_anyhow(struct build_job *job, struct lab_build *build)
{
	bool may_copy = !job->mirror && !job->file;
	int err = may_copy && build_owner_differs(job) ? -EOPNOTSUPP
						       : build_now(job, build);

	if (err != -EOPNOTSUPP || !may_copy)
		return err;
	job->mirror = true;
	err = build_fresh_upper(job);
	return err ? err : build_now(job, build);
}

int build_run_job(struct lab *lab, const struct lab_build_spec *spec, bool mirror,
		  struct lab_build *ret)
{
	_cleanup_build_job_ struct build_job job = BUILD_JOB_INIT;
	_cleanup_build_ struct lab_build build = {0};
	double begin = lab_now_ms();
	int err = build_job_open(lab, spec, &job);

	job.mirror = !err && !job.file && (mirror || build_mirror_active(&job));
	if (!err && !build_state_load(&job, &build))
		err = build_anyhow(&job, &build);
	if (!err && spec->compile_commands)
		err = build_compile_commands(&job);
	if (err)
		return err;
	build.ms = lab_now_ms() - begin;
	*ret = build;
	build = (struct lab_build){0};
	return 0;
}

int lab_build_run(struct lab *lab, const struct lab_build_spec *spec,
		  struct lab_build *ret)
{
	return build_run_job(lab, spec, false, ret);
}
