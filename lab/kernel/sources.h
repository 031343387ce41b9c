/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where this host gets Debian from, as its own apt says, so that the user's mirror, and
 * no other, is asked. Reference: sources.list(5), apt-get(8) for indextargets.
 */
#ifndef KMLAB_LAB_KERNEL_SOURCES_H
#define KMLAB_LAB_KERNEL_SOURCES_H

#include "../lab.h"

struct apt_source {
	char *uri;
	char *entry; /* where it is written: FILE:LINE, or FILE.sources:STANZA */
	struct strv suites;
	struct strv components;
	char *signed_by; /* keyring path, or an embedded key block; NULL: not said */
};

struct apt_sources {
	struct apt_source *v;
	size_t n;
};

void apt_sources_deinit(struct apt_sources *sources);
#define _cleanup_apt_sources_ _cleanup_(apt_sources_deinit)

/** apt_sources_read - every enabled binary source of this host, one per entry and URI.
 *  @prefix: "" for the real host, else what stands before /etc/apt/sources.list. Files
 * that the user may not read are passed over. Return: -EINVAL with apt's own sentence
 * when it finds an entry malformed. */
int apt_sources_read(struct lab *lab, const char *prefix, struct apt_sources *ret);

struct debian_mirror {
	char *uri, *key;	 /* of the archive */
	char *sec_uri, *sec_key; /* of its security updates, or NULL */
};

void debian_mirror_deinit(struct debian_mirror *mirror);
#define _cleanup_debian_mirror_ _cleanup_(debian_mirror_deinit)

/** debian_mirror_pick - which of the sources are Debian's. -ENOENT with a sentence when
 * none is, or when there is no key to check it with. */
int debian_mirror_pick(struct lab *lab, const struct apt_sources *sources,
		       const char *prefix, struct debian_mirror *ret);

/** debian_mirror_text - deb822 sources for one suite, its security updates and, for
 *  backports, the suite that they belong to. Freed by the caller. */
char *debian_mirror_text(const struct debian_mirror *mirror, const char *suite);

#endif
