/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of judging, each in its own file; lab_judge() calls them in this order. */
#ifndef KMLAB_LAB_JUDGE_PARTS_H
#define KMLAB_LAB_JUDGE_PARTS_H

#include "judge_event.h"

/** judge_log - events of the kernel log, and of the console behind it. */
void judge_log(struct judge *j);

/** judge_tail_call - a call that is the last thing a function does is a jump and leaves
 * no frame. Where init or exit is missing in the trace for that reason, it gets a frame.
 * Not yet resolved, as all others then are. */
void judge_tail_call(struct judge *j, struct lab_event *event);

/** judge_error_pointer - part of judge_log: was the bad pointer of an oops an error code?
 *  Then the event says so, with the call whose result was not tested where that can be
 *  known. */
void judge_error_pointer(struct judge *j, struct lab_event *event);

/** judge_cause - part of judge_log and judge_calls: where the functions in the trace say
 *  better than the headline what is wrong. */
void judge_cause(struct judge *j, struct lab_event *event);

/** judge_init_positive - part of judge_log: of a number that is no error code, which one
 *  it is, and whose init function returned it. */
void judge_init_positive(struct judge *j, struct lab_event *event);

/** judge_init_words, judge_init_hint - @module's init function returned -@err: in words,
 *  and the next step; freed by the caller. NULL: nothing better than for any failure. */
char *judge_init_words(struct judge *j, const char *module, int err);
char *judge_init_hint(struct judge *j, const char *module, int err);

/** judge_calls - load, command and unload: refused, killed, stalled, late. */
void judge_calls(struct judge *j);

/** judge_tests - the command's status and its KTAP. */
void judge_tests(struct judge *j);

/** judge_hang - the command did not end in time: which of its processes hangs, in what.
 */
void judge_hang(struct judge *j);

/** judge_leftovers - what was not there before. */
void judge_leftovers(struct judge *j);

/** judge_pointers - part of judge_leftovers: what still points into a module. */
void judge_pointers(struct judge *j);

/** judge_unloaded - did this module under test run through its exit function, or fail to
 *  load in good order? If not, what it has is no leftover. */
bool judge_unloaded(const struct judge *j, const char *module);

/** judge_not_unloaded - the first module found for which that is not so, or NULL. */
const char *judge_not_unloaded(const struct judge *j);

/** judge_witness - does the guest's memory say what its agent says? */
void judge_witness(struct judge *j);

/** judge_end - how the guest ended, when not by the agent's report. */
void judge_end(struct judge *j);

/** judge_host - last: what this machine may have made fail becomes "host-trouble". */
void judge_host(struct judge *j);

/** judge_flood - after judge_host(), which asks for the kinds: what seems to hang, but
 *  prints without an end. */
void judge_flood(struct judge *j);

/** judge_cpu_trace - frames for a task that runs: what the CPUs did, as far as it is the
 *  modules' code. Nothing is done when @event names a place in a module already. */
void judge_cpu_trace(struct judge *j, struct lab_event *event);

/** judge_hint - the next step to try, for the worst event; freed by the caller. */
char *judge_hint(struct judge *j);

#endif
