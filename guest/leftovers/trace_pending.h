/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kfree_rcu() lets an object wait, since 6.2 for five seconds, before the grace period
 * begins after which it is freed: too long to wait for it. Nobody can find the object any
 * more, so what it points to is of no interest.
 */
#ifndef KMLAB_GUEST_TRACE_PENDING_H
#define KMLAB_GUEST_TRACE_PENDING_H

#include "trace_state.h"

/** trace_note_pending - code that notes the object in R8. */
void trace_note_pending(const struct trace *t, struct bpf_asm *a);

/** trace_is_pending - was @object given to kfree_rcu() of late? */
bool trace_is_pending(const struct trace *t, uint64_t object);

#endif
