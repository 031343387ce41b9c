/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to plan.c: the part of a plan that is about tests. */
#ifndef KMLAB_LAB_PLAN_TESTS_H
#define KMLAB_LAB_PLAN_TESTS_H

#include "plan.h"

/** plan_last_source - the source under test, or NULL. */
const char *plan_last_source(const struct lab_run_spec *spec);

/** plan_untested - a note: why `kmlab test` found no test for @spec, which has a source.
 */
char *plan_untested(const struct lab_run_spec *spec);

/** plan_find_tests - @plan's tests_dir, tests, and the in-tree modules they need. */
int plan_find_tests(struct lab *lab, struct lab_plan *plan);

#endif
