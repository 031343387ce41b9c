/* SPDX-License-Identifier: GPL-2.0-only */
/* What run, test and watch end with: from results to output, history and an exit status.
 */
#ifndef KMLAB_CLI_VERDICTS_H
#define KMLAB_CLI_VERDICTS_H

#include "verdict/result.h"

#include "cmd.h"

/** verdicts_finish - record, print, free; the exit status of the worst, or with --expect
 *  whether all were as expected. @to: where the
 *  report goes when no --report FILE is given. @table: several kernels as a table. */
int verdicts_finish(struct cli *cli, struct lab_result **results, size_t n, FILE *to,
		    bool table);

/** verdicts_none - did nothing come to a verdict, everywhere for the same reason? Before
 *  the guests that is one mistake of the user's, or of this machine, and no table. @r may
 *  hold NULL where there is no result yet. */
bool verdicts_none(struct lab_result *const *r, size_t n);

/** verdicts_fail - the sentence of @r, a result without a verdict; the exit status. */
int verdicts_fail(struct cli *cli, const struct lab_result *r);

#endif
