/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What /dev/probes and its users agree on: the module, the client and the tests all
 * include this file. C and C++.
 *
 * Each open file owns the probes that were attached through it. They are removed when the
 * file is closed for the last time, in whatever way: a process that was killed leaves
 * nothing behind.
 */
#ifndef UAPI_PROBES_H
#define UAPI_PROBES_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Raised when a structure or a number below changes its meaning. A new command beside the
 * old ones does not raise it: a module that does not know a command answers ENOTTY.
 */
#define PROBES_VERSION 1

#define PROBES_NAME_SIZE 128 /* of a symbol's name, with the NUL that ends it */
#define PROBES_PER_FILE 16
#define PROBES_CALLS_MAX 1000000
#define PROBES_ALL_CPUS 0xffffffffu

/* Also run a handler behind the probed instruction. Rules out the jump optimisation. */
#define PROBES_POST 1u

struct probes_attach {
	char symbol[PROBES_NAME_SIZE];
	__u32 flags;
	__u32 reserved; /* zero */
};

struct probes_hits {
	__u32 id; /* in: what PROBES_ATTACH returned */
	__u32 cpu; /* in: its number, or PROBES_ALL_CPUS for the sums */
	__u64 pre; /* out: runs of the handler in front of the probed instruction */
	__u64 post; /* out: runs of the one behind it; 0 without PROBES_POST */
	__u64 missed; /* out: hits inside of a handler, on all CPUs, not counted in pre */
};

struct probes_symbol {
	char symbol[PROBES_NAME_SIZE]; /* in */
	__u64 address; /* out: where the symbol begins */
	__u32 can_probe; /* out: 0: data, or code where probes are forbidden */
	__u32 reserved; /* zero, in and out */
};

#define PROBES_IOC 0xe7

/* Returns PROBES_VERSION. */
#define PROBES_GET_VERSION _IO(PROBES_IOC, 0)

/*
 * Puts a probe at the beginning of a function and returns its number, which counts for
 * this file only.
 *
 * ENOENT: no symbol of that name; inlined functions have none. EINVAL: it is data, or
 * its address is on the kernel's blacklist; or a field is wrong. EBUSY: PROBES_POST, and
 * somebody's probe without a post handler is at that address. ENOSPC: PROBES_PER_FILE
 * probes are attached. EPERM: no CAP_PERFMON or CAP_SYS_ADMIN, or the kernel is locked
 * down to confidentiality.
 */
#define PROBES_ATTACH _IOW(PROBES_IOC, 1, struct probes_attach)

/* Removes the probe whose number is the argument itself. ENOENT: there is none. */
#define PROBES_DETACH _IO(PROBES_IOC, 2)

/* How often it was hit. ENOENT: no such probe. EINVAL: no such CPU. */
#define PROBES_HITS _IOWR(PROBES_IOC, 3, struct probes_hits)

/*
 * Where a symbol is, exported or not, function or data. For looking at: the address is
 * not for calling (README.md). ENOENT, EPERM as above; EPERM also without CAP_SYSLOG and
 * where kernel.kptr_restrict hides addresses.
 */
#define PROBES_LOOKUP _IOWR(PROBES_IOC, 4, struct probes_symbol)

/*
 * Calls the module's own function probes_target as often as the argument itself says, so
 * that there is something to probe that nobody else calls. EINVAL: more than
 * PROBES_CALLS_MAX.
 */
#define PROBES_CALL _IO(PROBES_IOC, 5)

#endif /* UAPI_PROBES_H */
