/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of this module know of each other. */
#ifndef ADOPT_H
#define ADOPT_H

#include <linux/fs.h>
#include <linux/poll.h>

struct station;

/* An open file, in watch.c. All may sleep except station_poll(). */
struct station *station_create(void);
void station_destroy(struct station *station);
int station_watch(struct station *station, pid_t number, int signal);
ssize_t station_read(struct station *station, char __user *buf, size_t n, bool nonblock);
__poll_t station_poll(struct station *station, struct file *file, poll_table *wait);

/*
 * In parent.c. Finds the lock: 0, or -EOPNOTSUPP when the kernel does not show it. May
 * sleep.
 */
int parent_init(void);

/* Makes current the parent of a process: 0, or an errno as the interface has it. */
int parent_change(pid_t number);

#endif
