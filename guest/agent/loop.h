/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The agent's loop: while a step of the job waits, the loop serves the command's streams,
 * the log, the host's frames and the children that end.
 */
#ifndef KMLAB_GUEST_LOOP_H
#define KMLAB_GUEST_LOOP_H

#include "agent.h"

/* The longest that a round lasts: the host hears from us at least this often. */
#define LOOP_LONGEST_MS 1000

/** loop_poll - one round, of at most @timeout_ms. */
void loop_poll(struct agent *a, int timeout_ms);

/** loop_wait_begin - tell the host that something begins that may never end. */
void loop_wait_begin(struct agent *a, enum proto_wait_for what);

/** loop_wait_child - run the loop until the child ends, the host gives it up, or @ms
 *  pass (0: no limit of ours). Returns whether it ended. */
bool loop_wait_child(struct agent *a, pid_t child, unsigned int ms);

/** loop_rest - a pause in which others get @ms of work done: repeated as long as we
 *  ourselves come back late from it, which shows that the host lets nobody run. */
void loop_rest(struct agent *a, unsigned int ms);

#endif
