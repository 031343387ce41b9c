// SPDX-License-Identifier: GPL-2.0-only
/* A module's tests, as they lie beside it. Its tree may be anybody's. */
#include <string.h>
#include <sys/stat.h>

#include "fs.h"

#include "kbuild/modinfo.h"
#include "plan_tests.h"

/* Of tests/needs, in bytes. */
#define NEEDS_MAX 65536

const char *plan_last_source(const struct lab_run_spec *spec)
{
	const char *last = NULL;

	for (char *const *s = spec->sources; s && *s; s++)
		last = *s;
	return last;
}

/* A symlink may lead anywhere on this machine, and the guest gets a copy of it all. */
static bool is_own_dir(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* DIR/tests; for a file, the tests beside it only when the directory is its own. */
static char *tests_of(const struct lab_run_spec *spec)
{
	const char *source = spec->suite ? spec->suite : plan_last_source(spec);
	char *dir;

	if (!source || !fs_is_dir(source))
		return NULL;
	dir = xprintf("%s/tests", source);
	if (is_own_dir(dir))
		return dir;
	free(dir);
	return NULL;
}

/* The kernel's own modules that the tests want, one name a line in tests/needs. */
static int read_needs(struct lab *lab, struct lab_plan *plan)
{
	_cleanup_free_ char *path = xprintf("%s/needs", plan->tests_dir);
	_cleanup_text_ struct text text = TEXT_INIT;
	char *save = NULL;
	int err = fs_read_short(path, NEEDS_MAX, &text);

	if (err == -ENOENT)
		return 0;
	if (err < 0)
		return lab_fail(lab, err,
				"cannot read '%s': %s; it has to be a short file of its "
				"own that may be read",
				path, strerror(-err));
	err = 0;
	for (char *name = text.s ? strtok_r(text.s, " \t\n", &save) : NULL; name && !err;
	     name = strtok_r(NULL, " \t\n", &save))
		err = lab_modules_need(lab, name, plan->kernel->modules, &plan->intree);
	return err;
}

int plan_find_tests(struct lab *lab, struct lab_plan *plan)
{
	_cleanup_strv_ struct strv names = STRV_INIT;

	plan->tests_dir = tests_of(plan->spec);
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
		if (str_ends(names.v[i], ".sh") || str_ends(names.v[i], ".c"))
			strv_add(&plan->tests, names.v[i]);
	return read_needs(lab, plan);
}
