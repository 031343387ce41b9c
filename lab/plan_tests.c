// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the tests are. Their directory is copied into the guest, where the module's own
 * tests print what they like into the report; so it must not be a way out of a source
 * that somebody else wrote.
 */
#include <string.h>

#include "below.h"
#include "fs.h"

#include "kbuild/modinfo.h"
#include "plan_tests.h"
#include "sandbox/sandbox.h"

#define MAX_NEEDS (64 << 10) /* bytes of a list of names */

const char *plan_last_source(const struct lab_run_spec *spec)
{
	const char *last = NULL;

	for (char *const *s = spec->sources; s && *s; s++)
		last = *s;
	return last;
}

/* @tests exists. */
static int check_place(struct lab *lab, const char *source, const char *tests)
{
	_cleanup_free_ char *home = realpath(source, NULL);
	_cleanup_free_ char *real = realpath(tests, NULL);

	if (home && real && path_below(real, home))
		return 0;
	return lab_fail(lab, -EXDEV,
			"'%s' leads out of '%s'; name the directory that has these tests "
			"with --suite",
			tests, source);
}

/* DIR/tests; for a file, the tests beside it only when the directory is its own. */
static int tests_of(struct lab *lab, const struct lab_run_spec *spec, char **ret)
{
	const char *source = spec->suite ? spec->suite : plan_last_source(spec);
	_cleanup_free_ char *dir = NULL;
	int err;

	if (!source || !fs_is_dir(source))
		return 0;
	dir = xprintf("%s/tests", source);
	if (!fs_is_dir(dir))
		return 0;
	err = check_place(lab, source, dir);
	if (!err)
		*ret = take_ptr(dir);
	return err;
}

/* The kernel's own modules that the tests want, one name a line in tests/needs. */
static int read_needs(struct lab *lab, struct lab_plan *plan)
{
	_cleanup_free_ char *path = xprintf("%s/needs", plan->tests_dir);
	_cleanup_close_ int top = below_top(plan->tests_dir);
	_cleanup_free_ char *text = NULL;
	char *save = NULL;
	int err = top < 0 ? top : below_read(top, "needs", MAX_NEEDS, &text, NULL);

	if (err == -ENOENT)
		return 0;
	if (err == -EINVAL || err == -ELOOP)
		return lab_fail(lab, err,
				"'%s' is not a regular file; replace it by a list of "
				"modules",
				path);
	if (err)
		return lab_fail(lab, err, "cannot read '%s': %s; check its permissions",
				path, strerror(-err));
	for (char *name = strtok_r(text, " \t\n", &save); name && !err;
	     name = strtok_r(NULL, " \t\n", &save))
		err = lab_modules_need(lab, name, plan->kernel->modules, &plan->intree);
	return err;
}

static bool is_test(const char *name)
{
	return str_ends(name, ".sh") || str_ends(name, ".c");
}

/* For a file, those beside it: they may judge something else, so they are not run. */
static bool has_tests_beside(const char *source)
{
	const char *slash = strrchr(source, '/');
	_cleanup_free_ char *dir =
		xprintf("%.*stests", slash ? (int)(slash + 1 - source) : 0, source);
	_cleanup_strv_ struct strv names = STRV_INIT;

	if (fs_is_dir(source))
		return false;
	fs_list(dir, false, &names);
	for (size_t i = 0; i < names.n; i++)
		if (is_test(names.v[i]))
			return true;
	return false;
}

char *plan_untested(const struct lab_run_spec *spec)
{
	const char *source = spec->suite ? spec->suite : plan_last_source(spec);

	if (!has_tests_beside(source))
		return xprintf(
			"nothing was tested: '%s' has no tests, the module was only "
			"loaded and unloaded",
			source);
	return xprintf("nothing was tested: the tests beside '%s' are its directory's; "
		       "name that instead, or give it as --suite",
		       source);
}

int plan_find_tests(struct lab *lab, struct lab_plan *plan)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = tests_of(lab, plan->spec, &plan->tests_dir);

	if (err)
		return err;
	if (!plan->tests_dir) {
		if (plan->spec->suite)
			return lab_fail(lab, -EINVAL,
					"the suite '%s' has no tests; name a "
					"module of modules/ or its directory",
					plan->spec->suite);
		return 0;
	}
	fs_list(plan->tests_dir, false, &names);
	for (size_t i = 0; i < names.n; i++)
		if (is_test(names.v[i]))
			strv_add(&plan->tests, names.v[i]);
	return read_needs(lab, plan);
}
