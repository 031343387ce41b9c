// SPDX-License-Identifier: GPL-2.0-only
/* Which of a suite's packages a name means. */
#include <ctype.h>
#include <string.h>

#include "debian.h"

void debian_choice_deinit(struct debian_choice *c)
{
	free(c->release);
	free(c->version);
	free(c->suite);
	*c = (struct debian_choice){NULL, NULL, NULL, false};
}

/* "6.1.0-56-amd64" of "linux-image-6.1.0-56-amd64"; NULL for metas, rt, cloud, debug
 * and unsigned ones. */
static char *release_of(const char *package)
{
	const char *s = package + strlen(DEBIAN_IMAGE);
	size_t len;
	_cleanup_free_ char *bare = NULL;
	const char *dash, *dot;

	if (!str_starts(package, DEBIAN_IMAGE) || !isdigit((unsigned char)*s) ||
	    !str_ends(s, "-" DEBIAN_ARCH))
		return NULL;
	len = strlen(s) - strlen("-" DEBIAN_ARCH);
	bare = xstrndup(s, len);
	dash = strrchr(bare, '-');
	dot = strchr(bare, '.');
	if (dash && !isdigit((unsigned char)dash[1]))
		return NULL; /* a flavour */
	if (!dot || !strchr(dot + 1, '.'))
		return NULL; /* the meta package of a series */
	return xstrdup(s);
}

static bool release_fits(const char *release, const struct kernel_name *name)
{
	_cleanup_free_ char *series = kernel_series(release);
	_cleanup_free_ char *wanted = kernel_series(name->arg);

	if (name->kind == NAME_RELEASE)
		return !strcmp(release, name->arg);
	return series && !strcmp(series, wanted);
}

/* The releases of all kernels in the lists that @name allows. */
static int list_releases(struct apt *apt, const struct kernel_name *name,
			 struct strv *series_seen, struct strv *ret)
{
	char *argv[] = {"apt-cache", "pkgnames", DEBIAN_IMAGE, NULL};
	_cleanup_text_ struct text out = TEXT_INIT;
	char *line, *save;
	int err = apt_query(apt, argv, &out);

	for (line = !err && out.s ? strtok_r(out.s, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		_cleanup_free_ char *release = release_of(line);
		_cleanup_free_ char *series = release ? kernel_series(release) : NULL;

		if (!series)
			continue;
		if (release_fits(release, name))
			strv_add(ret, release);
		strv_printf(series_seen, "debian/%s", series);
	}
	return err;
}

/* "trixie" of "http://host/debian-security trixie-security/main amd64 Packages". */
static char *suite_of(const char *origin)
{
	const char *suite = strchr(origin, ' ');
	size_t len;

	if (!suite)
		return NULL;
	suite++;
	len = strcspn(suite, "/ ");
	if (len > strlen("-security") &&
	    !strncmp(suite + len - strlen("-security"), "-security", strlen("-security")))
		len -= strlen("-security");
	return xstrndup(suite, len);
}

/* One line that apt-cache madison prints: "package | version | origin". It is kept in
 * @best when it is newer than that. */
static void consider(char *line, const struct kernel_name *name,
		     struct debian_choice *best)
{
	char *save, *package = strtok_r(line, " |", &save);
	char *version = package ? strtok_r(NULL, " |", &save) : NULL;
	char *origin = version ? save + strspn(save, " |") : NULL;
	size_t arg = strlen(name->arg);

	if (!origin)
		return;
	if (name->kind == NAME_VERSION &&
	    (strncmp(version, name->arg, arg) ||
	     (version[arg] && (version[arg] != '-' || strchr(name->arg, '-')))))
		return;
	if (best->version && kernel_version_compare(version, best->version) <= 0)
		return;
	debian_choice_deinit(best);
	best->release = release_of(package);
	best->version = xstrdup(version);
	best->suite = suite_of(origin);
}

static int choose_among(struct apt *apt, const struct strv *releases,
			const struct kernel_name *name, struct debian_choice *ret)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;
	_cleanup_text_ struct text out = TEXT_INIT;
	char *line, *save;
	int err;

	if (!releases->n)
		return -ESRCH;
	strv_add(&argv, "apt-cache");
	strv_add(&argv, "madison");
	for (size_t i = 0; i < releases->n; i++)
		strv_printf(&argv, DEBIAN_IMAGE "%s", releases->v[i]);
	err = apt_query(apt, argv.v, &out);
	if (err)
		return err;
	for (line = out.s ? strtok_r(out.s, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		consider(line, name, ret);
	return ret->release && ret->suite ? 0 : -ESRCH;
}

/* The releases that the suite's meta package stands for, newest last. */
static int default_releases(struct apt *apt, struct strv *ret)
{
	char *argv[] = {"apt-cache", "show", DEBIAN_IMAGE DEBIAN_ARCH, NULL};
	_cleanup_text_ struct text out = TEXT_INIT;
	char *line, *save;
	int err = apt_query(apt, argv, &out);

	for (line = !err && out.s ? strtok_r(out.s, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *package =
			str_starts(line, "Depends: ") ? strstr(line, DEBIAN_IMAGE) : NULL;
		_cleanup_free_ char *release = NULL;

		if (!package)
			continue;
		package[strcspn(package, " ,(|")] = '\0';
		release = release_of(package);
		if (release)
			strv_add(ret, release);
	}
	return err;
}

int debian_choose(struct apt *apt, const struct kernel_name *name,
		  struct strv *series_seen, struct debian_choice *ret)
{
	_cleanup_strv_ struct strv defaults = STRV_INIT, releases = STRV_INIT;
	int err = default_releases(apt, &defaults);

	if (!err && name->kind != NAME_SUITE)
		err = list_releases(apt, name, series_seen, &releases);
	if (!err)
		err = choose_among(apt, name->kind == NAME_SUITE ? &defaults : &releases,
				   name, ret);
	if (!err)
		ret->of_suite = strv_contains(&defaults, ret->release);
	return err;
}
