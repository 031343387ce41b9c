/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a command inside a build root, without root, in user, mount and PID namespaces.
 *
 * What the command sees: the build root's own /usr (read-only); every other top-level
 * directory of the host (home, work, opt, ...) read-only at its own path, so that paths
 * in errors are the user's; one directory that it may write, whose changes land in the
 * cache; a private TMPDIR. It cannot outlive the caller: the whole PID namespace ends
 * with it. Needs overlayfs in user namespaces and mount_setattr (Linux 5.12).
 */
#ifndef KMLAB_LAB_SANDBOX_H
#define KMLAB_LAB_SANDBOX_H

#include "../lab.h"

struct lab_sandbox {
	const char *root;	 /* build root; NULL: the host's own /usr */
	const char *usr_src;	 /* its children appear in /usr/src, or NULL */
	const char *lib_modules; /* host directory of one kernel's modules, or NULL */
	const char *release;	 /* that directory appears as /usr/lib/modules/RELEASE */
	const char *headers;	 /* where its "build" link leads, inside the root */
	const char *lower;	 /* directory shown writable at its own path, or NULL */
	/* Where lower is shown instead, or NULL: "/TOP/NAME" or "/TOP/NAME/REST", where
	 * lower ends in the same REST. Beside NAME its neighbours appear under their own
	 * names, so that "../" leads where it does outside. */
	const char *at;
	const char *upper; /* where its changes are kept (absolute, exists) */
	const char *work;  /* overlayfs work directory, same file system as upper */
	/* With a list here, no overlay is made: upper itself appears at lower's path, and
	 * these children of lower are bound into it, read-only. For directories that are
	 * large or hold the cache. A child that is bound leaves an empty file or
	 * directory in upper, see lab_sandbox_sweep(). */
	char *const *expose;
	char *const
		*hide; /* files below lower (relative) that the command shall not see */
};

/**
 * lab_sandbox_run - run argv (looked up in the root's PATH) in directory @cwd.
 * @out: stdout and stderr together, in order. @status: exit status or 128 + signal.
 * Return: 0 when the command ran; -ENOSYS/-EPERM with a sentence when the host forbids
 * user namespaces; -EOPNOTSUPP when upper's file system cannot carry an overlay; -ENOENT
 * when there is no such command; -ECANCELED.
 */
int lab_sandbox_run(struct lab *lab, const struct lab_sandbox *box, char *const *argv,
		    const char *cwd, struct text *out, int *status);

/** lab_sandbox_sweep - drop what binding children left in @upper. */
int lab_sandbox_sweep(const char *upper);

#endif
