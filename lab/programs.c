// SPDX-License-Identifier: GPL-2.0-only
/* Tests and clients in C, compiled and put side by side; see programs.h. */
#include <string.h>
#include <sys/stat.h>

#include "fs.h"

#include "kbuild/build.h"
#include "cache.h"
#include "programs.h"

struct programs {
	struct strv sources;  /* paths of .c files */
	struct strv includes; /* for each: the module's directory */
	struct strv built;    /* for each: the program in the cache */
};

static void programs_deinit(struct programs *p)
{
	strv_deinit(&p->sources);
	strv_deinit(&p->includes);
	strv_deinit(&p->built);
}

static bool has_name(const struct programs *p, const char *name)
{
	for (size_t i = 0; i < p->sources.n; i++)
		if (!strcmp(fs_basename(p->sources.v[i]), name))
			return true;
	return false;
}

static void add_program(struct programs *p, const char *module, const char *folder,
			const char *name)
{
	if (!str_ends(name, ".c") || has_name(p, name))
		return;
	strv_printf(&p->sources, "%s/%s/%s", module, folder, name);
	strv_add(&p->includes, module);
}

static void add_clients(struct programs *p, const char *module)
{
	_cleanup_free_ char *dir = xprintf("%s/client", module);
	_cleanup_strv_ struct strv names = STRV_INIT;

	if (!fs_is_dir(dir) || fs_list(dir, false, &names))
		return;
	for (size_t i = 0; i < names.n; i++)
		add_program(p, module, "client", names.v[i]);
}

static void list_programs(const struct lab_plan *plan, struct programs *p)
{
	const struct lab_run_spec *spec = plan->spec;

	if (plan->tests_dir) {
		_cleanup_free_ char *module = xprintf("%s/..", plan->tests_dir);

		for (size_t i = 0; i < plan->tests.n; i++)
			add_program(p, module, "tests", plan->tests.v[i]);
	}
	if (spec->suite)
		add_clients(p, spec->suite);
	for (char *const *s = spec->sources; s && *s; s++)
		add_clients(p, *s);
}

static int build_programs(struct lab *lab, const struct lab_plan *plan,
			  struct programs *p, char **source, char **log)
{
	for (size_t i = 0; i < p->sources.n; i++) {
		_cleanup_free_ char *said = NULL;
		char *program = NULL;
		int err = lab_build_program(lab, plan->kernel, p->sources.v[i],
					    p->includes.v[i], &program, &said);

		if (err == -ENOEXEC) {
			*source = xstrdup(p->sources.v[i]);
			*log = take_ptr(said);
		}
		if (err)
			return err;
		strv_take(&p->built, program);
	}
	return 0;
}

static int gather(struct lab *lab, const struct programs *p, const char *key)
{
	_cleanup_stage_ struct lab_stage stage = LAB_STAGE_INIT;
	int err = lab_stage_begin(lab, "builds", &stage);

	/* In the guest others than root call them, too. */
	if (!err && chmod(stage.dir, 0755) < 0)
		err = lab_fail(lab, -errno, "cannot change the mode of '%s': %s",
			       stage.dir, strerror(errno));
	for (size_t i = 0; i < p->built.n && !err; i++) {
		const char *name = fs_basename(p->sources.v[i]);
		_cleanup_free_ char *to =
			xprintf("%s/%.*s", stage.dir, (int)strlen(name) - 2, name);

		err = fs_copy_file(p->built.v[i], to);
		if (err)
			lab_fail(lab, err,
				 "cannot write '%s': %s; free space or set "
				 "KMLAB_CACHE",
				 to, strerror(-err));
	}
	return err ? err : lab_stage_publish(lab, &stage, key);
}

/* A program's path in the cache is a hash of its content, so the key names the content.
 */
static char *key_of(const struct programs *p)
{
	_cleanup_strv_ struct strv parts = STRV_INIT;

	strv_add(&parts, "programs, layout 2");
	for (size_t i = 0; i < p->built.n; i++) {
		strv_add(&parts, fs_basename(p->sources.v[i]));
		strv_add(&parts, p->built.v[i]);
	}
	return lab_cache_key((const char *const *)parts.v);
}

int lab_programs_make(struct lab *lab, struct lab_plan *plan, char **source, char **log)
{
	_cleanup_(programs_deinit) struct programs p = {0};
	_cleanup_free_ char *key = NULL;
	int err;

	list_programs(plan, &p);
	if (!p.sources.n)
		return 0;
	err = build_programs(lab, plan, &p, source, log);
	if (err)
		return err;
	key = key_of(&p);
	if (!lab_cache_has(lab, "builds", key))
		err = gather(lab, &p, key);
	if (!err)
		plan->programs_dir = lab_cache_path(lab, "builds", key);
	return err;
}
