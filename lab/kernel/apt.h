/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A private apt: own sources, package database and lists, the host's way to the network
 * (proxies and the like) and the host's keyrings, nothing else of the host. Needs no
 * root, installs nothing; what it downloads has passed apt's signature checks.
 * Reference: apt.conf(5), and apt's own README.progress-reporting for the status lines.
 */
#ifndef KMLAB_LAB_KERNEL_APT_H
#define KMLAB_LAB_KERNEL_APT_H

#include "sources.h"

struct apt {
	struct lab *lab;
	char *suite;
	char *dir;	 /* CACHE/apt/SUITE */
	bool boxed;	 /* apt sees @dir elsewhere, see apt_user.h */
	char *obstacle;	 /* as root: why its downloaders stay root, or NULL */
	struct strv env; /* with APT_CONFIG pointing into @dir */
};

/** apt_open - set up CACHE/apt/SUITE. The caller holds lab_cache_lock("apt", suite).
 *  @allow_expired: accept Release files past their Valid-Until. */
int apt_open(struct lab *lab, const struct debian_mirror *mirror, const char *suite,
	     bool allow_expired, struct apt *ret);
void apt_close(struct apt *apt);
#define _cleanup_apt_ _cleanup_(apt_close)

/** apt_update - read the suite's package lists from the mirror. */
int apt_update(struct apt *apt);

/** apt_query - run a read-only command (argv[0] apt-cache or apt-get) for its output. */
int apt_query(struct apt *apt, char *const *argv, struct text *ret);

struct apt_file {
	char *package;
	char *version;
	char *file; /* name of the .deb */
	uint64_t size;
};

struct apt_plan {
	struct apt_file *v;
	size_t n;
};

void apt_plan_deinit(struct apt_plan *plan);
#define _cleanup_apt_plan_ _cleanup_(apt_plan_deinit)

/** apt_plan - everything that installing @packages onto an empty system would fetch. */
int apt_plan(struct apt *apt, const struct strv *packages, struct apt_plan *ret);

/** apt_download - fetch and check the chosen files of a plan into @dir. */
int apt_download(struct apt *apt, const struct apt_plan *plan, const char *dir,
		 const char *what);

/** apt_explain - one sentence out of what apt printed; sets it and returns its errno. */
int apt_explain(struct lab *lab, const char *suite, const char *output);

/** apt_first_error - the first error that apt printed, as a part of a sentence of ours:
 * no capital letter, no full stop. Freed by the caller. */
char *apt_first_error(const char *output);

#endif
