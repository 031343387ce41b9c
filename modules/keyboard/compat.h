/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels this module is built for. */
#ifndef KEYSCAN_COMPAT_H
#define KEYSCAN_COMPAT_H

#include <linux/i8042.h>
#include <linux/serio.h>
#include <linux/version.h>

/*
 * 6.14: filters of the i8042 take a context as their last argument, and so does
 * i8042_install_filter(). There is nothing to test for but the version.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#define DEFINE_I8042_FILTER(name)                                             \
	static bool name(unsigned char data, unsigned char str, struct serio *port, \
			 void *context)
#define compat_i8042_install_filter(filter) i8042_install_filter(filter, NULL)
#else
#define DEFINE_I8042_FILTER(name) \
	static bool name(unsigned char data, unsigned char str, struct serio *port)
#define compat_i8042_install_filter(filter) i8042_install_filter(filter)
#endif

#endif /* KEYSCAN_COMPAT_H */
