/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What /dev/physmem and its users agree on: the module, the client and the tests all
 * include this file. C and C++. Laid out alike in 32-bit and 64-bit programs.
 */
#ifndef UAPI_PHYSMEM_H
#define UAPI_PHYSMEM_H

#include <linux/ioctl.h>
#include <linux/types.h>

struct physmem_address {
	__u64 virt; /* in the caller's memory */
	__u64 phys; /* set by the call */
};

struct physmem_byte {
	__u64 phys;
	__u8 value;
	__u8 reserved[7]; /* must be 0 */
};

/*
 * All of them need CAP_SYS_RAWIO at the time of the call, and a kernel that is not locked
 * down; else EPERM. EFAULT: the argument cannot be read. EINVAL: a reserved field is not
 * zero.
 */

/*
 * The physical address behind a virtual one of the caller; a page that is not there yet
 * is brought in, as by a read. The open file remembers the page (4096 of them; then
 * ENOSPC). EFAULT: nothing is mapped there, or a device.
 */
#define PHYSMEM_TRANSLATE _IOWR('P', 0xb1, struct physmem_address)

/*
 * A byte at a physical address. It must lie in a page that was translated through this
 * open file and is still at its place:
 *
 * ENXIO	not in a page that was translated. With the parameter any=1: no RAM that
 *		the kernel has in its own map
 * ESTALE	the caller has another page there now, or none
 * EACCES	PHYSMEM_WRITE: the caller may not write there, or the page is shared and
 *		a write would give it a copy (which it has now: translate again). With
 *		any=1: the kernel itself may not write there
 * EBADF	PHYSMEM_WRITE: the file is not open for writing
 */
#define PHYSMEM_READ _IOWR('P', 0xb2, struct physmem_byte)
#define PHYSMEM_WRITE _IOW('P', 0xb3, struct physmem_byte)

#endif /* UAPI_PHYSMEM_H */
