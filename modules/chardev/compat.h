/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels from 5.10 on. */
#ifndef CHARDEV_COMPAT_H
#define CHARDEV_COMPAT_H

#include <linux/device.h>

/*
 * The argument of .devnode of struct class: since 6.2 a const struct device, before that
 * one that is not const (but should not be changed either). Asked of the header rather
 * than of the version number, because such changes are also carried back to older
 * releases.
 */
#define devnode_takes(type) \
	__builtin_types_compatible_p(typeof(((struct class *)0)->devnode), \
				     char *(*)(type, umode_t *))

#define devnode_device \
	typeof(*__builtin_choose_expr(devnode_takes(const struct device *), \
				      (const struct device *)0, (struct device *)0))

#endif /* CHARDEV_COMPAT_H */
