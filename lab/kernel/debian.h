/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The three parts of the debian provider: debian.c goes through the suites,
 * debian_choose.c finds the package in one of them, debian_make.c turns it into entries
 * of the cache. Nobody else includes this.
 */
#ifndef KMLAB_LAB_KERNEL_DEBIAN_H
#define KMLAB_LAB_KERNEL_DEBIAN_H

#include "apt.h"
#include "internal.h"

#define DEBIAN_IMAGE "linux-image-"

/* The package that a name means. */
struct debian_choice {
	char *release; /* 6.1.0-56-amd64 */
	char *version; /* 6.1.192-2 */
	char *suite;   /* where it is, security updates counted to their suite */
	bool of_suite; /* the kernel that its suite installs by default */
};

void debian_choice_deinit(struct debian_choice *choice);

/** debian_choose - the newest kernel of one suite that @name allows.
 *  @series_seen: gets the names of all series that the suite has, for suggestions.
 *  Return: -ESRCH without a sentence when this suite has none; another one may. */
int debian_choose(struct apt *apt, const struct kernel_name *name,
		  struct strv *series_seen, struct debian_choice *ret);

/* The adding of one kernel. */
struct debian_add {
	struct lab *lab;
	struct apt apt;
	struct debian_choice choice;
	/* All packages: those of the kernel, and those of its root. */
	struct apt_plan kernel, root;
	char *id, *root_id;
	char *label; /* for progress */
};

void debian_add_deinit(struct debian_add *add);

/** debian_make - download and unpack the chosen kernel, and its build root where it is
 * new, and publish both. @add: has lab, apt, choice and label; gets the rest. */
int debian_make(struct debian_add *add, char **ret_id);

/** debian_need_space - -ENOSPC unless the cache has @need bytes free for @what. apt-get
 * can hang on a full disk instead of saying so: to be asked before it starts. */
int debian_need_space(struct lab *lab, uint64_t need, const char *what);

#endif
