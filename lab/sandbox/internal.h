/* SPDX-License-Identifier: GPL-2.0-only */
/* One command in its sandbox: shared by the files of this folder only. */
#ifndef KMLAB_LAB_SANDBOX_INTERNAL_H
#define KMLAB_LAB_SANDBOX_INTERNAL_H

#include <limits.h>

#include "plan.h"
#include "sandbox.h"

/* Whom the command takes itself for; outside it is the caller. Not 0: tar and others
 * would try what only root may. */
#define SANDBOX_ID 1000

enum sandbox_stage {
	STAGE_NONE,
	STAGE_NAMESPACE,
	STAGE_MOUNT,
	STAGE_PROC,
	STAGE_OVERLAY,
	STAGE_CONFINE,
	STAGE_EXEC
};

enum sandbox_limit {
	LIMIT_NONE,
	LIMIT_TIME,
	LIMIT_IDLE,
	LIMIT_PROCESSES,
	LIMIT_MEMORY,
	LIMIT_DISK,
	LIMIT_SPACE, /* of the disk as a whole */
};

/* In memory shared with the caller: why the command did not start, or was stopped. The
 * command itself has no part in it: exec leaves it behind. */
struct sandbox_trouble {
	enum sandbox_stage stage;
	int err;
	enum sandbox_limit limit;
	char subject[PATH_MAX];
};

struct boxed_run {
	const struct lab_sandbox *box;
	const struct sandbox_plan *plan;
	struct sandbox_trouble *trouble;
	struct lab_limits limits;
	char *const *argv;
	const char *cwd;
	bool unboxed;
	bool own_user_ns;
	int upper_fd; /* in the warden: what the disk limit is about, or -1 */
};

/** sandbox_fail (trouble.c) - note errno for the caller. Return: it, negative. */
int sandbox_fail(struct boxed_run *job, enum sandbox_stage stage, const char *subject);

/* processes.c: in the child, instead of an exec; never returns. @data: struct boxed_run
 */
int sandbox_keeper(void *data);

/** sandbox_write (processes.c) - into a file of /proc. Return: 0, or -1 with errno. */
int sandbox_write(const char *path, const char *text);

/* tree.c: make the file tree and enter it. */
int sandbox_tree(struct boxed_run *job);

/* confine.c: give up everything that is left to give up. Last before the exec. */
int sandbox_confine(struct boxed_run *job);

/* warden.c: process 1 of the sandbox: starts the command (@start gives its process, or -1
 * with the trouble noted), reaps, watches the limits, and ends with the command's status.
 */
void sandbox_warden(struct boxed_run *job, pid_t (*start)(struct boxed_run *job))
	__attribute__((noreturn));

/* explain.c: sentences. */
int sandbox_explain(struct lab *lab, const struct lab_sandbox *box,
		    const struct sandbox_trouble *trouble);
void sandbox_explain_limit(const struct lab_limits *limits, enum sandbox_limit limit,
			   struct text *out);
void sandbox_explain_output(const struct lab_limits *limits, struct text *out);
/** sandbox_hint - add a note to what a failed command said, where the box may be why. */
void sandbox_hint(struct text *out);

#endif
