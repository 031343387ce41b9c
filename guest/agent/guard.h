/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What keeps the job's command away from process 1. The command is root, and stays so:
 * it may do to the guest what it likes. But what it does must not make the agent say what
 * is not so: the agent's memory, descriptors, limits and view of the file system are out
 * of its reach. Code in the kernel (a module, a BPF program) is not held up by any of it.
 */
#ifndef KMLAB_GUEST_GUARD_H
#define KMLAB_GUEST_GUARD_H

#include "agent.h"

/** guard_begin - before the save, once all is mounted. What a kernel lacks is left out.
 */
void guard_begin(struct agent *a);

/** guard_trace - nobody may attach to process 1. A descriptor that keeps it so, or
 * -errno: this kernel cannot. */
int guard_trace(void);

/** guard_remember - our mounts, before the save, once all is mounted. */
void guard_remember(struct agent *a);

/** guard_mounts_changed - has somebody been in our namespace of mounts since? Then what
 * we see of /sys and /proc is what he wants. */
bool guard_mounts_changed(const struct agent *a);

/** guard_child - in a child of the agent, before it runs what is not ours. Only system
 *  calls: it may share the agent's memory. */
void guard_child(const struct agent *a);

/** guard_restore - take back the limits that the command may have given us. */
void guard_restore(void);

#endif
