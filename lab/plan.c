// SPDX-License-Identifier: GPL-2.0-only
/* Everything before the clone: kernel, build, load order, parameters, tests; see plan.h.
 */
#include <string.h>
#include <sys/stat.h>

#include "fs.h"

#include "kbuild/build.h"
#include "kbuild/modinfo.h"
#include "kbuild/programs.h"
#include "plan.h"
#include "plan_tests.h"
#include "sandbox/sandbox.h"
#include "trees.h"
#include "verdict/complaint.h"
#include "verdict/judge_build.h"
#include "vm/template.h"

void lab_plan_deinit(struct lab_plan *plan)
{
	lab_kernel_destroy(plan->kernel);
	strv_deinit(&plan->modules);
	strv_deinit(&plan->names);
	strv_deinit(&plan->intree);
	strv_deinit(&plan->params);
	strv_deinit(&plan->tests);
	strv_deinit(&plan->notes);
	quote_trees_deinit(&plan->trees);
	free(plan->tests_dir);
	free(plan->programs_dir);
	free(plan->build_log);
	memset(plan, 0, sizeof(*plan));
}

static int find_kernel(struct lab *lab, const struct lab_run_spec *spec,
		       struct lab_kernel **ret)
{
	int err = lab_kernel_find(lab, spec->kernel, ret);

	if (err != -ENOENT || !spec->add_kernel)
		return err;
	return lab_kernel_add(lab, spec->kernel ? spec->kernel : "debian/6.1", false,
			      ret);
}

/* An error sentence for a path that can be neither built nor loaded. */
static int check_source(struct lab *lab, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return lab_fail(lab, -EINVAL,
				"cannot read '%s': %s; name a module's directory, "
				"its .c file or a .ko file",
				path, strerror(errno));
	if (S_ISDIR(st.st_mode) || str_ends(path, ".c") || str_ends(path, ".ko"))
		return 0;
	return lab_fail(lab, -EINVAL,
			"'%s' is not a module; name a directory with a Kbuild "
			"file, a .c file or a .ko file",
			path);
}

int lab_plan_check(struct lab *lab, char *const *sources)
{
	int err = 0;

	for (char *const *s = sources; s && *s && !err; s++)
		err = check_source(lab, *s);
	return err;
}

static void build_failed(struct lab_result *r, const struct lab_build *build,
			 const char *source, const char *release)
{
	const struct build_facts facts = {
		.log = build->log,
		.source = source,
		.release = release,
		.status = build->status,
	};

	lab_judge_build(r, &facts);
}

/* Builds one source; its .ko files and Module.symvers are added to the plan. */
static int build_source(struct lab *lab, struct lab_plan *plan, const char *source,
			struct strv *symvers, struct lab_result *verdict)
{
	struct lab_build_spec spec = {
		.kernel = plan->kernel,
		.source = source,
		.make_args = plan->spec->make_args,
		.symvers = symvers->v,
		.warnings_as_errors = plan->spec->warnings_as_errors,
	};
	_cleanup_build_ struct lab_build build = {0};
	int err = lab_build_run(lab, &spec, &build);

	if (err)
		return err;
	plan->build_ms += build.ms;
	if (build.status || complaint_left_out(build.log)) {
		build_failed(verdict, &build, source, plan->kernel->release);
		return 1;
	}
	strv_add_all(&plan->modules, build.modules.v);
	lab_trees_built(&plan->trees, source, build.dir);
	if (build.symvers)
		strv_add(symvers, build.symvers);
	if (build.warnings) {
		free(plan->build_log);
		plan->build_log = xstrdup(build.log);
	}
	return 0;
}

static int build_sources(struct lab *lab, struct lab_plan *plan,
			 struct lab_result *verdict)
{
	_cleanup_strv_ struct strv symvers = STRV_INIT;

	for (char *const *s = plan->spec->sources; s && *s; s++) {
		int err = 0;

		if (str_ends(*s, ".ko") && !fs_is_dir(*s)) {
			strv_add(&plan->modules, *s);
			lab_trees_given(&plan->trees, lab->cache_dir, *s);
		} else {
			err = build_source(lab, plan, *s, &symvers, verdict);
		}
		if (err)
			return err;
	}
	return 0;
}

static int name_modules(struct lab *lab, struct lab_plan *plan)
{
	for (size_t i = 0; i < plan->modules.n; i++) {
		_cleanup_modinfo_ struct lab_modinfo info = {0};
		int err = lab_modinfo_read(lab, plan->modules.v[i], &info);

		if (err)
			return err;
		if (strv_contains(&plan->names, info.name))
			return lab_fail(lab, -EEXIST,
					"two modules are called '%s'; name only "
					"one of them",
					info.name);
		strv_add(&plan->names, info.name);
		if (info.release && strcmp(info.release, plan->kernel->release))
			strv_printf(&plan->notes, "'%s' was built for '%s', not for '%s'",
				    info.name, info.release, plan->kernel->release);
	}
	return 0;
}

/* The module that a bare NAME=VALUE means: the one under test, which loads last. */
static size_t param_target(const struct lab_plan *plan, const char **param)
{
	const char *dot = strchr(*param, '.');
	const char *equals = strchr(*param, '=');

	if (dot && (!equals || dot < equals)) {
		for (size_t i = 0; i < plan->names.n; i++) {
			size_t n = strlen(plan->names.v[i]);

			if (n == (size_t)(dot - *param) &&
			    !strncmp(*param, plan->names.v[i], n)) {
				*param = dot + 1;
				return i;
			}
		}
		return plan->names.n;
	}
	return plan->names.n - 1;
}

/* The kernel splits at blanks and knows double quotes but no way to escape one. */
static char *quote_param(const char *param)
{
	const char *value = strchr(param, '=');

	if (!value || !strpbrk(value, " \t\n") || value[1] == '"')
		return xstrdup(param);
	return xprintf("%.*s=\"%s\"", (int)(value - param), param, value + 1);
}

static int set_params(struct lab *lab, struct lab_plan *plan)
{
	struct text *params = xcalloc(plan->names.n, sizeof(*params));
	int err = 0;

	for (char *const *p = plan->spec->params; p && *p && !err; p++) {
		const char *param = *p;
		size_t i = param_target(plan, &param);
		_cleanup_free_ char *quoted = quote_param(param);

		if (i == plan->names.n)
			err = lab_fail(lab, -EINVAL,
				       "no module for the parameter '%s'; write "
				       "NAME=VALUE or MODULE.NAME=VALUE",
				       *p);
		else
			text_printf(&params[i], "%s%s", params[i].len ? " " : "", quoted);
	}
	for (size_t i = 0; i < plan->names.n; i++)
		strv_take(&plan->params, text_take(&params[i]));
	free(params);
	return err;
}

/* The emulator has SVM only; with KVM the guest's processor is the host's. */
static const char *hypervisor_module(const struct lab_accel_probe *probe)
{
	_cleanup_free_ char *cpuinfo = NULL;

	if (probe->accel != LAB_ACCEL_KVM ||
	    fs_read_file("/proc/cpuinfo", &cpuinfo, NULL))
		return "kvm_amd";
	return strstr(cpuinfo, " vmx ") ? "kvm_intel" : "kvm_amd";
}

/* /dev/kvm for a guest that is given virtualization of its own. */
static int need_hypervisor(struct lab *lab, struct lab_plan *plan)
{
	struct lab_accel_probe probe = {0};
	int err = lab_accel_probe(lab, false, &probe);

	free(probe.reason);
	if (err)
		return err;
	return lab_modules_need(lab, hypervisor_module(&probe), plan->kernel->modules,
				&plan->intree);
}

/* Where names are equal, a test goes before a client and the suite's client before a
 * source's: the judge brings its own. */
static void list_programs(const struct lab_plan *plan, struct lab_programs *p)
{
	const struct lab_run_spec *spec = plan->spec;

	if (plan->tests_dir) {
		_cleanup_free_ char *module = xprintf("%s/..", plan->tests_dir);

		for (size_t i = 0; i < plan->tests.n; i++)
			lab_programs_add(p, module, "tests", plan->tests.v[i]);
	}
	if (spec->suite)
		lab_programs_add_clients(p, spec->suite);
	for (char *const *s = spec->sources; s && *s; s++)
		lab_programs_add_clients(p, *s);
}

static int make_programs(struct lab *lab, struct lab_plan *plan,
			 struct lab_result *verdict)
{
	_cleanup_programs_ struct lab_programs programs = {0};
	struct lab_build failed = {.status = 1};
	_cleanup_free_ char *source = NULL;
	int err;

	list_programs(plan, &programs);
	if (!programs.sources.n)
		return 0;
	err = lab_programs_build(lab, plan->kernel, &programs, &plan->programs_dir,
				 &source, &failed.log);
	if (err == -ENOEXEC) {
		build_failed(verdict, &failed, source, NULL);
		err = 1;
	}
	free(failed.log);
	return err;
}

int lab_plan_make(struct lab *lab, const struct lab_run_spec *spec, struct lab_plan *plan,
		  struct lab_result *verdict)
{
	int err;

	memset(plan, 0, sizeof(*plan));
	plan->spec = spec;
	if (lab->box && lab->box->unboxed)
		strv_add(&plan->notes, "built without a box (--unboxed)");
	/* Cheap checks first: a typing error is reported before a kernel is
	 * downloaded. */
	err = lab_plan_check(lab, spec->sources);
	if (!err)
		err = find_kernel(lab, spec, &plan->kernel);
	if (!err)
		err = build_sources(lab, plan, verdict);
	if (!err)
		lab_trees_kernel(&plan->trees, plan->kernel);
	if (!err)
		err = lab_modules_order(lab, &plan->modules, plan->kernel->modules,
					&plan->intree);
	if (!err && spec->nested)
		err = need_hypervisor(lab, plan);
	if (!err)
		err = name_modules(lab, plan);
	if (!err)
		err = set_params(lab, plan);
	if (!err && plan->names.n)
		err = plan_find_tests(lab, plan);
	if (!err)
		err = make_programs(lab, plan, verdict);
	if (err > 0) {
		free(verdict->kernel);
		free(verdict->source);
		verdict->kernel = xstrdup(plan->kernel->name);
		verdict->release = xstrdup(plan->kernel->release);
		verdict->source = xstrdup(plan_last_source(spec));
		verdict->build_ms = verdict->total_ms = plan->build_ms;
		strv_add_all(&verdict->notes, plan->notes.v);
	}
	return err;
}
