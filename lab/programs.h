/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user-space programs of a plan: a module's tests in C (tests/NAME.c) and what its
 * users run (client/NAME.c). Each file is one static program called NAME; in the guest
 * all of them lie in /lab/bin, which is in the PATH.
 */
#ifndef KMLAB_LAB_PROGRAMS_H
#define KMLAB_LAB_PROGRAMS_H

#include "run.h"

/**
 * lab_programs_make - compile the clients of every source and of the suite, and the
 * plan's tests; sets plan->programs_dir when there is any. Where names are equal, a test
 * goes before a client and the suite's client before a source's: the judge brings his
 * own. Return: 0; -ENOEXEC when the compiler refused one, then *source is its path and
 * *log what the compiler said, both for the caller to free; another negative errno with a
 * sentence.
 */
int lab_programs_make(struct lab *lab, struct lab_plan *plan, char **source, char **log);

#endif
