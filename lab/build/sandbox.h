/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a command inside a build root, without root, in a user and mount namespace.
 *
 * What the command sees: the build root's own /usr (read-only); every other top-level
 * directory of the host (home, work, tmp, ...) read-only at its own path, so that paths in
 * errors are the user's; @usr_src at /usr/src; one writable overlay, so that what Kbuild
 * writes lands in the cache. Needs overlayfs in user namespaces (Linux 5.11).
 */
#ifndef KMLAB_LAB_SANDBOX_H
#define KMLAB_LAB_SANDBOX_H

#include "../lab.h"

struct lab_sandbox {
	const char *root;	/* build root; NULL: the host's own /usr */
	const char *usr_src;	/* bound at /usr/src, or NULL */
	const char *lib_modules; /* bound at /usr/lib/modules, or NULL */
	const char *lower;	/* directory shown writable at its own path */
	const char *upper;	/* where its changes are kept (absolute, exists) */
	const char *work;	/* overlayfs work directory, same file system as upper */
};

/**
 * lab_sandbox_run - run argv (looked up in the root's PATH) in directory @cwd.
 * @out: stdout and stderr together, in order. @status: exit status or 128 + signal.
 * Return: 0 when the command ran; -ENOSYS/-EPERM with a sentence when the host forbids
 * user namespaces; -ECANCELED.
 */
int lab_sandbox_run(struct lab *lab, const struct lab_sandbox *box, char *const *argv,
		    const char *cwd, struct text *out, int *status);

#endif
