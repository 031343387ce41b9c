/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's log, record by record, to the host. */
#ifndef KMLAB_GUEST_KMSG_H
#define KMLAB_GUEST_KMSG_H

#include "agent.h"

/** kmsg_begin - from here on the log is the job's. */
void kmsg_begin(struct agent *a);

/** kmsg_drain - send what the kernel has said since the last time. */
void kmsg_drain(struct agent *a);

#endif
