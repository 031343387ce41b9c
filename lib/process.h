/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Child processes that cannot outlive us: each child asks for SIGKILL on its parent
 * thread's death, has its own process group, and is reaped on every path.
 */
#ifndef KMLAB_LIB_PROCESS_H
#define KMLAB_LIB_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "text.h"

struct process_spec {
	char *const *argv; /* argv[0] looked up in PATH */
	char *const *env;  /* NULL: inherit */
	const char *cwd;   /* NULL: inherit */
	int in, out, err;  /* file descriptors; -1 means /dev/null */
	int keep_fd;	   /* one more descriptor left open under its number; -1: none */
	/* Called in the child after fork, before exec; a negative return ends the child
	 * with exit status 127 after writing to descriptor 2. May be NULL. */
	int (*setup)(void *data);
	void *data;
	uint64_t most; /* bytes that process_capture() collects; 0: no limit */
};

#define PROCESS_SPEC_INIT                                                                \
	{                                                                                \
		.in = -1, .out = -1, .err = -1, .keep_fd = -1                            \
	}

/** process_start - fork and exec. An exec failure is returned here, as -errno.
 *  Thread rule: the calling thread must live as long as the child may. */
int process_start(const struct process_spec *spec, pid_t *ret);

/**
 * process_wait - wait until the child ends.
 * @timeout_ms: -1 waits for ever; @cancel_fd: gives up when readable, -1 none.
 * @status: exit status, or 128 + signal.
 * Return: 0; -ETIMEDOUT or -ECANCELED with the child still running.
 */
int process_wait(pid_t pid, int timeout_ms, int cancel_fd, int *status);

/** process_kill - SIGTERM to the group, SIGKILL after @grace_ms, and reap. */
void process_kill(pid_t pid, int grace_ms);

/**
 * process_capture - run to the end and collect what it writes to stdout and stderr.
 * Both go to @out when @err is NULL. The child is killed on -ETIMEDOUT, -ECANCELED and
 * -EMSGSIZE: it wrote more than spec->most, of which that much is in @out and @err.
 */
int process_capture(const struct process_spec *spec, int timeout_ms, int cancel_fd,
		    struct text *out, struct text *err, int *status);

/** process_status - what a shell would call waitpid's @raw: the exit status, or 128 + the
 *  number of the signal. */
int process_status(int raw);

/** process_limit - lower a limit of this process (setrlimit's @what), soft and hard;
 * never raise one. Only system calls: may be called between fork and exec. */
void process_limit(int what, uint64_t most);

/** process_find - absolute path of a program in PATH or the sbin folders, or NULL. */
char *process_find(const char *name);

#endif
