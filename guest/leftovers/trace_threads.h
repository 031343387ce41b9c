/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kthread_stop() of a thread whose function returns by itself: the thread's task_struct
 * is free soon after, unless somebody holds it, and whether kthread_stop() finds it in
 * time is chance. What is noted here does not depend on that: the thread had ended, or
 * its function returned and had never asked whether it should.
 */
#ifndef KMLAB_GUEST_TRACE_THREADS_H
#define KMLAB_GUEST_TRACE_THREADS_H

#include "trace_state.h"

/** trace_watch_threads - attach to kthread_stop() and to what threads ask. What is noted
 * as HELD_STOP has the thread's function as its site, and the size 0 when it had not
 * ended yet. */
void trace_watch_threads(struct trace *t);

/** trace_describe_stop - fill in kind and words of @l. */
void trace_describe_stop(const struct held *h, struct leftover *l);

#endif
