/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TESTS_HAMMER_CARELESS_H
#define TESTS_HAMMER_CARELESS_H

#include <linux/fs.h>
#include <linux/proc_fs.h>
#include <linux/types.h>

/* Is that the mistake to make? Strings compared at run time: slow, and easy to read. */
bool wrong(const char *what);

extern const struct proc_ops text_ops;
extern const struct file_operations queue_ops;

/* The commands that count something; -ENOTTY when it is none of them. */
long table_ioctl(unsigned int cmd, void __user *arg);

#endif
