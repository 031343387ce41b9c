/* SPDX-License-Identifier: GPL-2.0-only */
/* Who made an entry of /dev: the kernel, for a device, or the job's command? */
#ifndef KMLAB_GUEST_NODES_H
#define KMLAB_GUEST_NODES_H

#include <stdbool.h>

/* A link for each device that has a number, made and removed with its node in /dev. */
#define NODES_CHAR  "/sys/dev/char"
#define NODES_BLOCK "/sys/dev/block"

/* Was the link @number ("1:3") in @dir before the job? */
typedef bool (*nodes_known_fn)(const void *data, const char *dir, const char *number);

/**
 * nodes_by_kernel - did the kernel make the entry @name of the open directory @at since
 * then? A directory is the kernel's when something in it is. Opens directories only.
 */
bool nodes_by_kernel(int at, const char *name, nodes_known_fn known, const void *data);

#endif
