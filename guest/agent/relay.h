/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames of a child of the agent's, passed on to the host. The child may die or block in
 * the middle of one: only whole frames reach the port, and only those about files.
 */
#ifndef KMLAB_GUEST_RELAY_H
#define KMLAB_GUEST_RELAY_H

#include "agent.h"

/** relay_begin - from now on pass on what comes from @from, a non-blocking pipe. */
void relay_begin(struct agent *a, int from);

/** relay_pump - what is there now. false: nothing, or no more. */
bool relay_pump(struct agent *a);

/** relay_end - what is there still, and close the pipe. */
void relay_end(struct agent *a);

#endif
