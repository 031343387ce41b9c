/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What /dev/adopt and its users agree on: the module, the client and the tests all
 * include this file. C and C++. Laid out alike in 32-bit and 64-bit programs.
 *
 * A process that has the device open is a station; other processes are its soldiers. All
 * pids are those of the caller's namespace, and of processes: a thread's is refused.
 */
#ifndef UAPI_ADOPT_H
#define UAPI_ADOPT_H

#include <linux/ioctl.h>
#include <linux/types.h>

struct adopt_watch {
	__s32 pid;
	__s32 signal; /* sent to the caller's process for each end; 0: none */
};

/*
 * What read() brings, one or more whole ones; the buffer must have room for one (EINVAL).
 * It sleeps while there are none (EAGAIN with O_NONBLOCK, EINTR); poll() says when.
 */
struct adopt_event {
	__s32 pid;    /* as it was asked for */
	__s32 status; /* as wait() has it */
};

/*
 * Tells this open file when the process ends, whichever process is its parent; at once if
 * it has ended and was not waited for. Up to 1024 at a time.
 *
 * EINVAL	no such signal
 * ESRCH	no such process
 * EPERM	without CAP_KILL: not a process of the caller's user
 * EEXIST	watched by this file already
 * ENOSPC	too many
 */
#define ADOPT_WATCH _IOW('A', 0xb4, struct adopt_watch)

/*
 * Makes the caller the parent of a process: its end is a SIGCHLD for the caller, who has
 * to wait for it; the parent that it had is told nothing and has a child less.
 *
 * EPERM	without CAP_SYS_ADMIN; or the process is the first of a namespace, or a
 *		kernel thread
 * ESRCH	no such process, or it has ended
 * EEXIST	it is the caller's child already
 * ELOOP	the caller itself, or an ancestor of the caller
 * EBUSY	the process, or a thread of it, is being traced
 * EXDEV	it is of another session, and its group has stopped jobs
 * ENOTSUP	this kernel does not show where its lock is
 */
#define ADOPT_ADOPT _IOW('A', 0xb5, __s32)

#endif /* UAPI_ADOPT_H */
