/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the file tree of a sandbox is made of, worked out before anything is mounted: a
 * list of steps, in order, that the child only has to carry out.
 */
#ifndef KMLAB_LAB_SANDBOX_PLAN_H
#define KMLAB_LAB_SANDBOX_PLAN_H

#include "sandbox.h"

enum sandbox_op {
	SANDBOX_DIR,   /* make directory @to and its parents */
	SANDBOX_BIND,  /* show host path @from at @to, with its submounts, read-only */
	SANDBOX_SHOW,  /* the same for a directory that may be anybody's */
	SANDBOX_NODE,  /* the same for a device */
	SANDBOX_LINK,  /* make symlink @to with the text @from */
	SANDBOX_TMPFS, /* an empty writable file system at @to */
	SANDBOX_COVER, /* something small and empty over what is shown at @to */
	SANDBOX_PROC,  /* the PID namespace's own /proc at @to, read-only */
};

struct sandbox_step {
	enum sandbox_op op;
	bool file; /* SANDBOX_BIND: @from is not a directory */
	char *from, *to;
};

struct sandbox_plan {
	struct sandbox_step *steps;
	size_t n, room;
};

/** sandbox_plan_make - the steps for @box under the rules of @lab. */
int sandbox_plan_make(struct lab *lab, const struct lab_sandbox *box,
		      struct sandbox_plan *ret);
void sandbox_plan_deinit(struct sandbox_plan *plan);
#define _cleanup_sandbox_plan_ _cleanup_(sandbox_plan_deinit)

#endif
