/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a stranger's command so that it can harm nothing: every build and every compiler
 * of the lab. Who may do what is in docs/trust.md.
 *
 * What the command sees: a build root's /usr and /etc; one directory that it may write,
 * at its own path, whose changes land in the cache; the git checkout around that one and
 * what the user adds (--see), read-only; a /proc of its own; private /tmp and TMPDIR.
 * Nothing else of the host: no home directory, process, network (loopback neither),
 * terminal or IPC object. It has no capability and gains none, a seccomp filter, a
 * session and a user id of its own (1000, whoever calls), and limits. It cannot outlive
 * the caller: the whole PID namespace ends with it.
 *
 * Needs user namespaces, overlayfs in them and mount_setattr: Linux 5.12.
 */
#ifndef KMLAB_LAB_SANDBOX_H
#define KMLAB_LAB_SANDBOX_H

#include "../lab.h"

/* What one command may take. 0 stands for the default. */
struct lab_limits {
	unsigned int time_s; /* wall time, without that in which the host stood still */
	unsigned int processes; /* and threads, at the same moment */
	uint64_t memory;	/* bytes of all of them, with what lies in /tmp */
	uint64_t disk;		/* bytes kept in the writable directory */
	uint64_t output;	/* bytes of text */
};

/* The user's own rules, for all commands of a context (struct lab, "box"). */
struct lab_box_rules {
	char *const *see; /* more that is shown, read-only: real paths; NULL-terminated */
	bool unboxed; /* the whole host, read-only, with its network, without limits */
	struct lab_limits limits;
};

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
	/* Files below lower (relative) that the command shall not see. */
	char *const *hide;
	/* Files and directories shown read-only at their own paths, or NULL. */
	char *const *see;
};

/**
 * lab_sandbox_run - run argv (looked up in the root's PATH) in directory @cwd.
 * @out: stdout and stderr together, in order. @status: exit status or 128 + signal; when
 * a limit was hit it is no success, and the last line of @out says which.
 * Return: 0 when the command ran; -ENOSYS/-EPERM with a sentence when the host forbids
 * user namespaces; -EOPNOTSUPP when upper's file system cannot carry an overlay; -ENOENT
 * when there is no such command; -ECANCELED.
 */
int lab_sandbox_run(struct lab *lab, const struct lab_sandbox *box, char *const *argv,
		    const char *cwd, struct text *out, int *status);

/** lab_sandbox_sweep - drop what binding children left in @upper. */
int lab_sandbox_sweep(const char *upper);

/**
 * lab_limits_parse - one "NAME=VALUE" into @limits: time (seconds, or with m, h), memory,
 * disk, output (bytes, or with K, M, G), processes.
 * Return: 0 or -EINVAL.
 */
int lab_limits_parse(const char *word, struct lab_limits *limits);

/** lab_limits_fill - defaults for what is 0: half of the machine's memory and so on. */
struct lab_limits lab_limits_fill(const struct lab_limits *limits);

#endif
