/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What /proc/ioctl_test and its users agree on: the module, the client and the tests all
 * include this file. C and C++.
 */
#ifndef UAPI_IOCTL_TEST_H
#define UAPI_IOCTL_TEST_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Raised when a struct or a number below changes its meaning. A new command beside the
 * old ones does not raise it: a module that does not know a command answers ENOTTY, which
 * is how a program finds out.
 */
#define IOCTL_TEST_VERSION 1

/*
 * The argument of IOCTL_TEST. It is laid out alike in 32-bit and 64-bit programs: no
 * pointer, no long, nothing aligned to more than four bytes.
 *
 * Three bytes of padding follow field2. The kernel can never give them a meaning, nor
 * insist that they be zero: the programs of this interface fill in the two fields of a
 * struct on their stack and leave the rest as it was. A new interface would name its
 * padding and refuse what is not zero in it, to have room to grow.
 */
struct ioctl_test_t {
	__s32 field1;
	char field2; /* any byte */
};

/*
 * Shows both fields in the kernel log, as "ioctl: call to IOCTL_TEST (10,a)!".
 *
 * The number says more than "six": W, the direction as the program sees it (it writes,
 * the kernel reads the argument, which has nothing to do with how the file was opened),
 * and the size of the argument. 0x40080006 in all.
 *
 * Returns 0. EFAULT: the argument cannot be read. ENOTTY: another command, or this one
 * with another size or direction.
 */
#define IOCTL_TEST _IOW(0, 6, struct ioctl_test_t)

#endif /* UAPI_IOCTL_TEST_H */
