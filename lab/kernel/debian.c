// SPDX-License-Identifier: GPL-2.0-only
/* The debian provider: which suites are asked, and in what order; see debian.h. */
#include <string.h>

#include "debian.h"

/* A suite's lists, as they come and as apt keeps them. */
#define PACKAGE_LISTS_BYTES (96u << 20)

/* Somebody else may have added it while we waited for the lock. */
static bool added_meanwhile(struct lab *lab, const struct kernel_name *name,
			    char **ret_id)
{
	_cleanup_kernel_entries_ struct kernel_entries all = {NULL, 0};
	struct kernel_entry *entry;

	if (kernel_entries_load(lab, &all) < 0)
		return false;
	entry = kernel_entries_pick(&all, name);
	if (entry)
		*ret_id = xstrdup(entry->kernel->id);
	return entry != NULL;
}

/* Adds the kernel from one suite. -ESRCH without a sentence when the suite has no such
 * kernel. */
static int add_from(struct lab *lab, const struct debian_mirror *mirror,
		    const char *suite, const struct kernel_name *name, bool allow_expired,
		    struct strv *series_seen, char **ret_id)
{
	_cleanup_(debian_add_deinit) struct debian_add adding = {.lab = lab};
	_cleanup_close_ int lock = lab_cache_lock(lab, "apt", suite);
	int err;

	if (lock < 0)
		return lock;
	if (added_meanwhile(lab, name, ret_id))
		return 0;
	err = debian_need_space(lab, PACKAGE_LISTS_BYTES, "the package lists");
	if (!err)
		err = apt_open(lab, mirror, suite, allow_expired, &adding.apt);
	if (!err)
		err = apt_update(&adding.apt);
	if (err)
		return err;
	err = debian_choose(&adding.apt, name, series_seen, &adding.choice);
	if (err)
		return err;
	adding.label = xprintf("debian/%s", name->arg);
	err = debian_make(&adding, ret_id);
	/* The kernel is here, so a missing file must not make the caller try other
	 * suites: they are tried after -ENOENT only. */
	return err == -ENOENT ? -ENODATA : err;
}

static int nowhere(struct lab *lab, const struct kernel_name *name,
		   const struct strv *series_seen)
{
	_cleanup_free_ char *full = xprintf("debian/%s", name->arg);
	_cleanup_free_ char *near = kernel_name_near(full, series_seen);

	return lab_fail(lab, -ENOENT, "no Debian suite has a kernel '%s'%s", name->arg,
			*near ? near
			      : "; 'debian/trixie' and the like name a suite's newest");
}

/* Looks in one suite. When the mirror has no backports of it any more (those of an old
 * suite are dropped first), in the suite itself. */
static int search_in(struct lab *lab, const struct debian_mirror *mirror,
		     const char *suite, const struct kernel_name *name,
		     bool allow_expired, struct strv *series_seen, char **ret_id)
{
	int err = add_from(lab, mirror, suite, name, allow_expired, series_seen, ret_id);
	const char *tail = strstr(suite, "-backports");
	_cleanup_free_ char *base = NULL;

	if (err != -ENOENT || !tail || name->kind == NAME_SUITE)
		return err;
	base = xstrndup(suite, (size_t)(tail - suite));
	return add_from(lab, mirror, base, name, allow_expired, series_seen, ret_id);
}

/* No suite has the kernel, but one had expired lists (@stale) and may have it. */
static int nowhere_or_stale(struct lab *lab, const struct kernel_name *name,
			    const struct strv *seen, const char *stale)
{
	int err = nowhere(lab, name, seen);

	return stale ? lab_fail(lab, -ESTALE, "%s; %s", lab_error(lab), stale) : err;
}

/*
 * A suite that the mirror does not have is passed over. So is one with expired lists, but
 * that is reported at the end if no other suite has the kernel. The first suite is the
 * likeliest to have it: when its lists have expired, that is reported at once, unless it
 * is sid, which is asked first only for want of a better guess.
 */
int debian_add_from(struct lab *lab, const struct debian_mirror *mirror,
		    const struct kernel_name *name, bool allow_expired, char **ret_id)
{
	_cleanup_strv_ struct strv suites = STRV_INIT, seen = STRV_INIT;
	_cleanup_free_ char *stale = NULL;

	lab_cache_sweep(lab);
	debian_suites_for(name, &suites);
	for (size_t i = 0; i < suites.n; i++) {
		int err = search_in(lab, mirror, suites.v[i], name, allow_expired, &seen,
				    ret_id);
		bool likely = i == 0 && strcmp(suites.v[i], "sid");
		bool passable = err == -ENOENT || (err == -ESTALE && !likely);

		if (err == -ESTALE && passable && !stale)
			stale = xstrdup(lab_error(lab));
		if (err != -ESRCH && (!passable || name->kind == NAME_SUITE))
			return err;
	}
	return nowhere_or_stale(lab, name, &seen, stale);
}

int debian_add(struct lab *lab, const struct kernel_name *name, bool allow_expired,
	       char **ret_id)
{
	_cleanup_debian_mirror_ struct debian_mirror mirror = {.uri = NULL};
	_cleanup_apt_sources_ struct apt_sources sources = {NULL, 0};
	int err = apt_sources_read(lab, "", &sources);

	if (!err)
		err = debian_mirror_pick(lab, &sources, "", &mirror);
	return err ? err : debian_add_from(lab, &mirror, name, allow_expired, ret_id);
}
