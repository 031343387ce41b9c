/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What /dev/translate and its users agree on: the module, the client and the tests all
 * include this file. C and C++.
 */
#ifndef UAPI_TRANSLATE_H
#define UAPI_TRANSLATE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * The answer for one page of 4096 bytes is one number of 64 bits:
 *
 *	bits 0 to 2	its state, below
 *	bits 3 to 10	flags, below; 0 unless it is present
 *	bits 12 to 51	its physical address, which ends in 12 zeros; 0 unless present
 *	bits 56 to 61	the size of the mapping it is part of, as a power of two: 12, 21
 *			or 30; 0 unless present
 *
 * All others are zero.
 */
enum {
	TRANSLATE_UNMAPPED = 0,	/* nothing may be there */
	TRANSLATE_EMPTY = 1,	/* nothing is there yet; an access brings it */
	TRANSLATE_SWAPPED = 2,	/* its contents are in swap */
	TRANSLATE_MOVING = 3,	/* on its way to another address */
	TRANSLATE_PRESENT = 4
};

#define TRANSLATE_STATE		0x7ULL
#define TRANSLATE_ANON		(1ULL << 3)	/* of no file */
#define TRANSLATE_FILE		(1ULL << 4)	/* of a file, or shared memory */
#define TRANSLATE_ZERO		(1ULL << 5)	/* the page of zeros that all share */
#define TRANSLATE_PFNMAP	(1ULL << 6)	/* a device's, or the kernel's own */
#define TRANSLATE_HUGETLB	(1ULL << 7)	/* of hugetlbfs */
#define TRANSLATE_KSM		(1ULL << 8)	/* merged with equal ones; also ANON */
#define TRANSLATE_NO_ACCESS	(1ULL << 9)	/* PROT_NONE, or under watch */
#define TRANSLATE_WRITABLE	(1ULL << 10)	/* without a fault */
#define TRANSLATE_ADDRESS	0x000ffffffffff000ULL
#define TRANSLATE_SHIFT(word)	((word) >> 56)

/*
 * Laid out alike in 32-bit and 64-bit programs.
 *
 * pid: of a process or one of its threads, in the caller's namespace; 0 is the caller.
 * start: a virtual address; its last 12 bits do not count.
 * pages: how many pages from there; afterwards, how many answers there are.
 * words: address of memory for as many numbers.
 * reserved: must be 0.
 */
struct translate_range {
	__s32 pid;
	__u32 reserved;
	__u64 start;
	__u64 pages;
	__u64 words;
};

/*
 * Translates a range. Nothing is brought into memory by it, and nothing is held: the
 * answer was true at some moment during the call.
 *
 * Returns 0, with fewer pages than asked for when a signal came. EINVAL: reserved is not
 * zero, the range wraps around, or the process has no memory (a kernel thread, a zombie).
 * ESRCH: no such process. EPERM: no CAP_SYS_ADMIN, or another process and no
 * CAP_SYS_PTRACE. EFAULT: the argument or the memory for the words is not accessible.
 * EINTR: a signal before the first page. ENOMEM.
 */
#define TRANSLATE_RANGE _IOWR('T', 0xb0, struct translate_range)

#endif /* UAPI_TRANSLATE_H */
